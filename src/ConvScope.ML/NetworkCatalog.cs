using ConvScope.Attribution;
using ConvScope.ML.Internals;
using ConvScope.ML.Mapping;
using ConvScope.ML.Scoring;
using ConvScope.Records.Networks;

namespace ConvScope.ML;

/// <summary>Adds what a trained network knows of an image to ML.NET's catalog of transforms.</summary>
public static class NetworkCatalog
{
    /// <summary>What a layer gives for each image, as a vector column for the trainers behind it.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="model">The network. It is shared, not copied, and must live as long as what comes of this.</param>
    /// <param name="layer">Name of the layer, such as <c>fc1</c>.</param>
    /// <param name="outputColumnName">Column that gets the outputs, <see cref="float"/>, of the layer's shape.</param>
    /// <param name="featureColumnName">Column of the raw pixels, a vector of <see cref="float"/> or <see cref="byte"/> of the network's size.</param>
    /// <exception cref="NetworkException">The network has no such layer; the message lists those that it has.</exception>
    public static NetworkEstimator<ConvNetFeaturesTransformer> ConvNetFeatures(
        this TransformsCatalog catalog, ConvNetModel model, string layer, string outputColumnName = "Embedding", string featureColumnName = "Features")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(layer);
        ArgumentException.ThrowIfNullOrWhiteSpace(outputColumnName);
        ArgumentException.ThrowIfNullOrWhiteSpace(featureColumnName);
        model.Log ??= new EnvironmentLog(catalog.Environment());
        var transformer = new ConvNetFeaturesTransformer(new LayerColumn(model, featureColumnName, layer, outputColumnName), ownsModel: false);
        return new NetworkEstimator<ConvNetFeaturesTransformer>(transformer, outputColumnName, hasSlotNames: true);
    }

    /// <summary>Which pixels speak for a class, as a vector column <c>[H, W]</c>.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="model">The network. It is shared, not copied, and must live as long as what comes of this.</param>
    /// <param name="method">The method, such as <c>new GradCam()</c>; checked here.</param>
    /// <param name="target">The class that is explained; by default the predicted one.</param>
    /// <param name="outputColumnName">Column that gets the attribution, <see cref="float"/>.</param>
    /// <param name="featureColumnName">Column of the raw pixels, a vector of <see cref="float"/> or <see cref="byte"/> of the network's size.</param>
    /// <exception cref="ArgumentException">A setting of the method is out of its range, or the network has no such class.</exception>
    /// <exception cref="NetworkException">The method names a layer that the network lacks.</exception>
    public static NetworkEstimator<ConvNetAttributionTransformer> ConvNetAttribution(
        this TransformsCatalog catalog, ConvNetModel model, AttributionMethod method, AttributionTarget target = default, string outputColumnName = "Attribution", string featureColumnName = "Features")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(method);
        ArgumentException.ThrowIfNullOrWhiteSpace(outputColumnName);
        ArgumentException.ThrowIfNullOrWhiteSpace(featureColumnName);
        model.Log ??= new EnvironmentLog(catalog.Environment());
        var transformer = new ConvNetAttributionTransformer(new AttributionColumn(model, featureColumnName, method, target, outputColumnName), ownsModel: false);
        return new NetworkEstimator<ConvNetAttributionTransformer>(transformer, outputColumnName, hasSlotNames: false);
    }
}
