using ConvScope.ML.Internals;

namespace ConvScope.ML;

/// <summary>A network that is trained already, as a step of a pipeline: <c>Fit</c> learns nothing and reads no row.</summary>
/// <typeparam name="TTransformer">What it puts into the fitted pipeline.</typeparam>
public sealed class NetworkEstimator<TTransformer> : IEstimator<TTransformer>
    where TTransformer : NetworkTransformer
{
    private readonly TTransformer _transformer;
    private readonly string _outputColumnName;
    private readonly bool _hasSlotNames;

    internal NetworkEstimator(TTransformer transformer, string outputColumnName, bool hasSlotNames)
    {
        _transformer = transformer;
        _outputColumnName = outputColumnName;
        _hasSlotNames = hasSlotNames;
    }

    /// <summary>Checks the data's schema.</summary>
    /// <param name="input">Rows with raw pixels.</param>
    /// <returns>The transformer; it shares the model that it was made from, and disposing it leaves that alone.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or of another type or size.</exception>
    public TTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _ = _transformer.GetOutputSchema(input.Schema);
        return _transformer;
    }

    /// <summary>The shape of the schema with the added column.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or of another kind.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return OutputShape.AddVector(inputSchema, _transformer.FeatureColumnName, _outputColumnName, _hasSlotNames);
    }
}
