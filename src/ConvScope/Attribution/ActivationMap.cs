using ConvScope.Records.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Attribution;

/// <summary>
/// A class activation map: a layer's maps, weighted by how they speak for the class, summed, cut at zero and enlarged to the image bilinearly. Not negative, of the unit of the maps times that of the logit;
/// only the proportions within an image mean something.
/// </summary>
public abstract record ActivationMap : AttributionMethod
{
    /// <summary>The layer whose maps are taken; null, the default, for the last one that is no pooling and gives maps of at least 4×4. A network without a description needs a name.</summary>
    public string? Layer { get; init; }

    internal override void Check(NetworkSpec network)
    {
        var layer = Layer ?? ObservedNetwork.LastMaps(network);
        var row = network.Table.FirstOrDefault(row => row.Layer.Name == layer)
            ?? throw new NetworkException($"Network '{network.Name}' has no layer '{layer}'; it has {string.Join(", ", network.Layers.Select(known => $"'{known.Name}'"))}.");
        if (!row.Output.IsMaps)
            throw new NetworkException($"Layer '{layer}' gives {row.Output}; {Name} needs maps [C, H, W].");
    }

    internal override Tensor Map(ObservedNetwork network, Tensor images, Tensor? classes)
    {
        var layer = Layer ?? network.LastMaps();
        var (maps, logits) = network.Open(images, layer);
        using var disposed = maps;
        using var tracked = enable_grad();
        var gradient = Gradient(Chosen(logits, classes), maps, $"the output of layer '{layer}'"); // [N, C, h, w]
        using var untracked = no_grad();
        var map = Weights(maps.detach(), gradient).mul(maps.detach()).sum(1, keepdim: true).relu(); // [N, 1, h, w]
        return nn.functional.interpolate(map, [images.shape[2], images.shape[3]], mode: InterpolationMode.Bilinear, align_corners: false).squeeze(1);
    }

    /// <summary>The weight of each map.</summary>
    /// <param name="maps">The layer's output, <c>[N, C, h, w]</c>.</param>
    /// <param name="gradient">Gradient of the logit by it, <c>[N, C, h, w]</c>.</param>
    /// <returns><c>[N, C, 1, 1]</c>.</returns>
    private protected abstract Tensor Weights(Tensor maps, Tensor gradient);
}
