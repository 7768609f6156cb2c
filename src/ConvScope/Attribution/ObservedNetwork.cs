using ConvScope.Networks;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Records.Networks.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Attribution;

/// <summary>A network whose outputs inside can be taken as the start of a gradient.</summary>
/// <param name="network">The network.</param>
/// <param name="task">What its outputs mean.</param>
internal sealed class ObservedNetwork(nn.Module<Tensor, Tensor> network, LearningTask task)
{
    /// <summary>Logits <c>[N, K]</c>; gradients are followed where the caller follows them.</summary>
    public Tensor Logits(Tensor images) => Sided(network.call(images));

    private const int SmallestMap = 4; // pixels a side

    /// <summary>
    /// The layer whose maps class activation maps are made of where none is named: the last one that is no pooling and gives maps of at least 4×4, as the paper's "last convolutional layer" with its
    /// rectifier; smaller ones say next to nothing of the place.
    /// </summary>
    /// <exception cref="NetworkException">There is none, or the network has no description to look it up in.</exception>
    public string LastMaps() => network is SpecNetwork { Spec: var spec }
        ? LastMaps(spec)
        : throw new NetworkException($"A network without a description needs the name of a layer; it has {string.Join(", ", network.named_modules().Select(pair => $"'{pair.name}'"))}.");

    /// <inheritdoc cref="LastMaps()" />
    public static string LastMaps(NetworkSpec spec) => FindMaps(spec)
        ?? throw new NetworkException($"Network '{spec.Name}' has no layer that gives maps of at least {SmallestMap}x{SmallestMap}; name one.");

    private static string? FindMaps(NetworkSpec spec) => spec.Table
        .LastOrDefault(row => row is { Output: { IsMaps: true } output, Layer: not (MaxPool2dLayer or AvgPool2dLayer or AdaptiveAvgPool2dLayer or DropoutLayer) } && Math.Min(output.Height, output.Width) >= SmallestMap)?.Layer.Name;

    /// <summary>Whether there is a layer for class activation maps.</summary>
    public static bool HasMaps(NetworkSpec spec) => FindMaps(spec) is not null;

    /// <summary>Runs the network so that gradients by one layer's output exist; what lies before that layer is computed without.</summary>
    /// <returns>The layer's output, <c>[N, C, h, w]</c>, which the caller disposes, and the logits, <c>[N, K]</c>.</returns>
    /// <exception cref="NetworkException">There is no such layer, or it gives no maps.</exception>
    public (Tensor Maps, Tensor Logits) Open(Tensor images, string layer)
    {
        Tensor? maps = null;
        IDisposable? tracking = null;
        using var untracked = no_grad();
        Tensor Take(Tensor output)
        {
            if (maps is not null)
                return output; // a layer that is called again
            if (output.dim() != 4)
                throw new NetworkException($"Layer '{layer}' gives [{string.Join(", ", output.shape)}]; maps [N, C, H, W] are needed.");
            if (output.requires_grad)
            {
                maps = output.alias().DetachFromDisposeScope();
                return output; // a network that follows gradients of its own here needs its graph whole
            }

            maps = output.detach().requires_grad_(true).DetachFromDisposeScope();
            tracking = enable_grad();
            return maps.clone(); // a leaf must not be changed in place, as what follows may do
        }

        try
        {
            var logits = network is SpecNetwork described
                ? described.Run(images, visit: (name, output) => name == layer ? Take(output) : output)
                : RunHooked(images, layer, Take);
            if (maps is not null)
                return (maps, Sided(logits));
            throw new NetworkException($"The network {(network is SpecNetwork ? "has no" : "does not call its")} layer '{layer}'.");
        }
        catch
        {
            maps?.Dispose();
            throw;
        }
        finally
        {
            tracking?.Dispose();
        }
    }

    /// <summary>The one output of a binary classifier speaks for yes, its negative for no: two logits. Others are as they are.</summary>
    private Tensor Sided(Tensor logits) => task is BinaryTask ? cat([logits.neg(), logits], 1) : logits;

    private Tensor RunHooked(Tensor images, string layer, Func<Tensor, Tensor> take)
    {
        if (network.named_modules().FirstOrDefault(pair => pair.name == layer).module is not nn.Module<Tensor, Tensor> module)
            throw new NetworkException($"The network has no layer '{layer}'; it has {string.Join(", ", network.named_modules().Select(pair => $"'{pair.name}'"))}.");
        var hook = module.register_forward_hook((_, _, output) => take(output));
        try
        {
            return network.call(images);
        }
        finally
        {
            hook.remove();
        }
    }
}
