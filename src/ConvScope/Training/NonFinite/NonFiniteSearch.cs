using System.Globalization;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Training.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Training.NonFinite;

/// <summary>
/// Finds the first layer that is not finite, by showing the network the same images once more and looking at what each layer gives.
/// </summary>
/// <remarks>Buffers and the random state are given back as they were, and no gradient is followed.</remarks>
internal static class NonFiniteSearch
{
    private const int BatchSize = 256;

    /// <summary>Looks at a batch, in the mode that the network is in.</summary>
    /// <param name="network">The network, with the weights that gave the loss.</param>
    /// <param name="images">The batch, <c>[N, C, H, W]</c>.</param>
    /// <returns>The layer as <see cref="NonFiniteState.Layer"/> has it, and <see cref="NonFiniteState.Place"/>.</returns>
    public static (string? Layer, string Place) InBatch(nn.Module<Tensor, Tensor> network, Tensor images)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        if (Count(images) is > 0 and var bad)
            return (NonFiniteState.Input, Text($"the images themselves are not finite: {bad:N0} of {images.NumberOfElements:N0} values"));
        (string Layer, long Count, long Size)? first = null;
        var gaveBad = Repeat(network, images, (layer, output) =>
        {
            if (first is null && Count(output) is > 0 and var count)
                first = (layer, count, output.NumberOfElements);
        });
        if (first is not { } found)
        {
            return gaveBad
                ? InWeights(NonFiniteWeights.Find(network))
                : (null, "the outputs of every layer are finite, the loss alone is not");
        }

        var weights = NonFiniteWeights.Find(Parameters(network, found.Layer));
        var what = weights.Count > 0
            ? NonFiniteTensor.List(weights)
            : Text($"{found.Count:N0} of {found.Size:N0} outputs, from weights that are finite");
        return (found.Layer, $"the first layer that is not finite is '{found.Layer}': {what}");
    }

    /// <summary>Looks at the first batch of a set whose outputs are not finite, in evaluation mode.</summary>
    public static (string? Layer, string Place) InSet(nn.Module<Tensor, Tensor> network, TrainingImages set)
    {
        using var untracked = no_grad();
        using var batches = set.InOrder(BatchSize, default);
        var wasTraining = network.training;
        network.eval();
        try
        {
            while (batches.MoveNext())
            {
                using var scope = NewDisposeScope();
                var (images, _) = batches.Take(); // [N, C, H, W]
                if (Count(network.call(images)) > 0)
                    return InBatch(network, images);
            }
        }
        finally
        {
            network.train(wasTraining);
        }

        return (null, "the network's outputs are finite, the loss alone is not");
    }

    /// <summary>Looks at the weights alone, where the network cannot be called again.</summary>
    public static (string? Layer, string Place) InWeights(IReadOnlyList<NonFiniteTensor> weights)
    {
        if (weights.Count == 0)
            return (null, "all weights are finite");
        var layer = weights[0].Name.LastIndexOf('.') is > 0 and var dot ? weights[0].Name[..dot] : null;
        return (layer, $"not finite are {NonFiniteTensor.List(weights)}");
    }

    /// <summary>Calls the network again, and gives everything back that this changes.</summary>
    /// <returns>Whether its outputs are not finite.</returns>
    private static bool Repeat(nn.Module<Tensor, Tensor> network, Tensor images, Action<string, Tensor> look)
    {
        var buffers = network.named_buffers().Select(pair => (Live: pair.buffer, Kept: pair.buffer.clone())).ToList();
        using var hold = GlobalRandom.Enter();
        var randomState = random.get_rng_state();
        try
        {
            var outputs = network is SpecNetwork described
                ? described.Run(images, visit: (layer, output) => Seen(layer, output, look))
                : RunHooked(network, images, look);
            return Count(outputs) > 0;
        }
        finally
        {
            random.set_rng_state(randomState);
            foreach (var (live, kept) in buffers)
                live.copy_(kept);
        }
    }

    private static Tensor RunHooked(nn.Module<Tensor, Tensor> network, Tensor images, Action<string, Tensor> look)
    {
        var hooks = new List<Action>();
        try
        {
            foreach (var (name, module) in network.named_modules())
            {
                if (module is nn.Module<Tensor, Tensor> layer && !module.children().Any())
                    hooks.Add(layer.register_forward_hook((_, _, output) => Seen(name, output, look)).remove);
            }

            return network.call(images);
        }
        finally
        {
            hooks.ForEach(remove => remove());
        }
    }

    private static Tensor Seen(string layer, Tensor output, Action<string, Tensor> look)
    {
        look(layer, output);
        return output;
    }

    private static IEnumerable<(string Name, Tensor Values)> Parameters(nn.Module network, string layer) => network.named_parameters()
        .Where(pair => pair.name.StartsWith($"{layer}.", StringComparison.Ordinal)).Select(pair => (pair.name, (Tensor)pair.parameter));

    private static long Count(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.is_floating_point() ? values.isfinite().logical_not().sum().item<long>() : 0;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
