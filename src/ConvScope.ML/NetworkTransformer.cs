using ConvScope.ML.Internals;
using ConvScope.ML.Mapping;
using ConvScope.ML.Scoring;
using ConvScope.Networks.Weights;

namespace ConvScope.ML;

/// <summary>
/// A network in an ML.NET pipeline: it adds columns that it computes from the raw pixels of each row. <c>Transform</c> reads nothing until its view is read, and then computes in batches.
/// </summary>
/// <remarks>It may be shared between threads, as pools of prediction engines do. It keeps no native memory a row.</remarks>
public abstract class NetworkTransformer : ITransformer, IDisposable
{
    private protected NetworkTransformer(bool ownsModel) => OwnsModel = ownsModel;

    /// <summary>The network.</summary>
    public ConvNetModel Model => Added.Model;

    /// <summary>Column of the raw pixels.</summary>
    public string FeatureColumnName => Added.FeatureColumnName;

    /// <summary>Whether disposing the transformer disposes its model: so for one that was trained or loaded, not for one made from a model of yours.</summary>
    public bool OwnsModel { get; }

    bool ITransformer.IsRowToRowMapper => true;

    private protected abstract AddedColumns Added { get; }

    /// <summary>The schema that <see cref="Transform"/> gives for an input schema.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or of another type or size.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new MappedSchema(Added, inputSchema).Output;
    }

    /// <summary>
    /// Adds the columns to a view. Schema and weights are checked here; rows are read and computed where the result is. A row with a pixel
    /// that is no finite number gets NaN.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or of another type or size.</exception>
    /// <exception cref="NonFiniteWeightsException">Weights of the network are NaN or infinite; the message names them.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        Model.CheckWeights();
        return new ExportableView(new MappedView(new MappedSchema(Added, input.Schema), input), Added, input);
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        Model.CheckWeights(); // once for a prediction engine, not for every row
        return new MappedRows(new MappedSchema(Added, inputSchema));
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        Model.CheckWeights();
        Save(ctx);
    }

    /// <summary>Frees the network's weights where they are its own. Using it afterwards is an error; a second call is harmless.</summary>
    public void Dispose()
    {
        if (OwnsModel)
            Model.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract void Save(ModelSaveContext context);
}
