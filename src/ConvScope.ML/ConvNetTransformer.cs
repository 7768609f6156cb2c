using ConvScope.ML.Internals;
using ConvScope.ML.Mapping;
using ConvScope.Training;

namespace ConvScope.ML;

/// <summary>
/// A trained network as an ML.NET transformer: adds <c>PredictedLabel</c> (key with the label's values) and <c>Score</c> (softmax probabilities). It is saved and loaded with <c>mlContext.Model</c>.
/// </summary>
/// <remarks>Disposing it frees the network's weights; a <see cref="PredictionEngine{TSrc, TDst}"/> does so unless its options say that it does not own the transformer.</remarks>
public sealed class ConvNetTransformer : NetworkTransformer, ISingleFeaturePredictionTransformer<ConvNetModel>
{
    internal ConvNetTransformer(DataViewType featureColumnType, PredictionColumns columns)
        : base(ownsModel: true)
    {
        FeatureColumnType = featureColumnType;
        Columns = columns;
    }

    /// <summary>Type of the column of raw pixels when the network was trained.</summary>
    public DataViewType FeatureColumnType { get; }

    /// <summary>What each epoch came to; null for a model that was loaded.</summary>
    public TrainingResult? Training { get; internal init; }

    /// <summary>The folder in which the training's inspection was kept; null where there was none.</summary>
    public string? RunFolder { get; internal init; }

    /// <summary>The column of probabilities that it makes.</summary>
    public string ScoreColumnName => Columns.Score;

    internal PredictionColumns Columns { get; }

    private protected override AddedColumns Added => Columns;

    private protected override void Save(ModelSaveContext context) => ModelFile.Save(context, this);
}
