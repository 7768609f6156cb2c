using ConvScope.ML.Internals;
using ConvScope.ML.Mapping;
using ConvScope.Training;
using Microsoft.ML.Runtime;

namespace ConvScope.ML;

/// <summary>
/// A trained network as an ML.NET transformer: adds <c>PredictedLabel</c> (key with the label's values) and <c>Score</c> (softmax probabilities).
/// <c>Transform</c> reads nothing until its view is read, and then scores in batches. It is saved and loaded with <c>mlContext.Model</c>.
/// </summary>
/// <remarks>
/// It may be shared between threads. Disposing it frees the network's weights; a <see cref="PredictionEngine{TSrc, TDst}"/> does so unless its options say that it
/// does not own the transformer.
/// </remarks>
public sealed class ConvNetTransformer : ISingleFeaturePredictionTransformer<ConvNetModel>, IDisposable
{
    internal ConvNetTransformer(DataViewType featureColumnType, PredictionColumns columns)
    {
        FeatureColumnType = featureColumnType;
        Columns = columns;
    }

    /// <summary>The trained network.</summary>
    public ConvNetModel Model => Columns.Model;

    /// <summary>Column of the raw pixels.</summary>
    public string FeatureColumnName => Columns.FeatureColumnName;

    /// <summary>Type of the column of raw pixels when the network was trained.</summary>
    public DataViewType FeatureColumnType { get; }

    /// <summary>What each epoch came to; null for a model that was loaded.</summary>
    public TrainingResult? Training { get; internal init; }

    /// <summary>The folder in which the training's inspection was kept; null where there was none.</summary>
    public string? RunFolder { get; internal init; }

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>The column of probabilities that it makes.</summary>
    public string ScoreColumnName => Columns.Score;

    internal PredictionColumns Columns { get; }

    /// <summary>The schema that <see cref="Transform"/> gives for an input schema.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or of another type or size.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => new MappedSchema(Columns, inputSchema).Output;

    /// <summary>Adds the predictions to a view. The schema is checked here; rows are read and scored where the result is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or of another type or size.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new MappedView(new MappedSchema(Columns, input.Schema), input);
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => new MappedRows(new MappedSchema(Columns, inputSchema));

    void ICanSaveModel.Save(ModelSaveContext ctx) => ModelFile.Save(ctx, this);

    /// <summary>Frees the network's weights. Predicting afterwards is an error; a second call is harmless.</summary>
    public void Dispose() => Model.Dispose();
}
