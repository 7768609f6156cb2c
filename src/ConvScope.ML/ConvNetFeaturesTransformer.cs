using ConvScope.ML.Internals;
using ConvScope.ML.Mapping;

namespace ConvScope.ML;

/// <summary>
/// What a layer of a network gives for each image, as a vector column with slot names: the input of a classical trainer, of a clustering, of a search for neighbours. The layers behind it are not run.
/// It is saved and loaded with <c>mlContext.Model</c>.
/// </summary>
public sealed class ConvNetFeaturesTransformer : NetworkTransformer
{
    internal ConvNetFeaturesTransformer(LayerColumn column, bool ownsModel)
        : base(ownsModel) => Column = column;

    /// <summary>Name of the layer.</summary>
    public string Layer => Column.Layer;

    /// <summary>Name of the added column.</summary>
    public string OutputColumnName => Column.Name;

    internal LayerColumn Column { get; }

    private protected override AddedColumns Added => Column;

    private protected override void Save(ModelSaveContext context) => FeaturesFile.Save(context, Column);
}
