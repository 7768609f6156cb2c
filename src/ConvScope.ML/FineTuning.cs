using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace ConvScope.ML;

/// <summary>Begins a training with given weights, and keeps some of them as they are.</summary>
internal static partial class FineTuning
{
    /// <summary>Loads weights by name; the last layer begins anew where it has another number of outputs.</summary>
    /// <exception cref="Records.Files.DamagedFileException">The file is no checkpoint, or would call in Python what is not allowed.</exception>
    /// <exception cref="InvalidDataException">Its weights do not fit the network.</exception>
    /// <exception cref="NonFiniteWeightsException">Weights that the network would take are NaN or infinite.</exception>
    public static void Load(nn.Module module, NetworkSpec network, string path, ConvNetOptions options, ILogger logger)
    {
        using var given = GivenWeights.Open(path, options.AllowedCalls);
        var weights = given.Weights;
        using var scope = NewDisposeScope();
        var shapes = module.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.shape, StringComparer.Ordinal);
        var classifier = network.Table.Last(row => row.ParameterCount > 0).Layer.Name;
        var (tensors, found) = weights.For(network, options.WeightsPrefix);
        if (options.WeightsTakeBgr)
            tensors = [.. tensors.Select(tensor => tensor.Name == FirstWeight(network) ? Turned(tensor) : tensor)];
        if (found.Length > 0)
            LogPrefix(logger, found, path, weights.Tensors.Count - tensors.Count);
        var kept = tensors.Where(tensor => !IsPartOf(classifier, tensor.Name) || (shapes.TryGetValue(tensor.Name, out var shape) && shape.SequenceEqual(tensor.Shape))).ToList();
        if (kept.Count(tensor => IsPartOf(classifier, tensor.Name)) < shapes.Keys.Count(name => IsPartOf(classifier, name)))
            kept.RemoveAll(tensor => IsPartOf(classifier, tensor.Name)); // never half of it
        var missing = shapes.Keys.Where(name => !IsPartOf(classifier, name) && !NetworkTensor.IsCounterName(name) && kept.TrueForAll(tensor => tensor.Name != name)).ToList();
        if (missing.Count > 0)
            throw new InvalidDataException($"'{path}' lacks weights of network '{network.Name}': {WeightFit.List(missing)}.{WeightFit.Advice(weights)}");
        NonFiniteWeightsException.ThrowIfAny(NonFiniteWeights.Find(kept.Where(tensor => shapes.ContainsKey(tensor.Name))), $"'{path}'");
        var loaded = ModuleWeights.Load(module, kept, strict: false);
        if (loaded.Unexpected.Count > 0)
            throw new InvalidDataException($"'{path}' has weights that network '{network.Name}' does not know: {WeightFit.List(loaded.Unexpected)}.{WeightFit.Advice(weights)}");
        if (loaded.Missing.Any(name => IsPartOf(classifier, name)))
            LogNewClassifier(logger, loaded.Loaded.Count, path, classifier, network.Outputs);
        else
            LogLoaded(logger, loaded.Loaded.Count, path);
    }

    /// <summary>Keeps the layers up to and with <paramref name="last"/> as they are: their parameters get no gradient, and they compute as in predictions.</summary>
    /// <param name="module">The network.</param>
    /// <param name="network">Its description.</param>
    /// <param name="last">The layer, or a group of layers.</param>
    /// <param name="trainsStatistics">Whether they compute as in training all the same, so that running statistics move.</param>
    /// <exception cref="NetworkException">There is no such layer.</exception>
    public static void Freeze(SpecNetwork module, NetworkSpec network, string last, bool trainsStatistics)
    {
        CheckLayer(network, last);
        var frozen = network.Layers.TakeWhile(layer => !IsPartOf(last, layer.Name)).Concat(network.Layers.Where(layer => IsPartOf(last, layer.Name))).Select(layer => layer.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, parameter) in module.named_parameters())
        {
            if (frozen.Contains(name[..name.LastIndexOf('.')]))
                parameter.requires_grad = false;
        }

        if (!trainsStatistics)
            module.Evaluating = frozen;
    }

    /// <summary>Checks that a layer, or a group of layers such as <c>features</c>, is there and leaves something to train.</summary>
    /// <exception cref="NetworkException">It is not, or does not.</exception>
    public static void CheckLayer(NetworkSpec network, string last)
    {
        var index = network.Layers.Index().LastOrDefault(entry => IsPartOf(last, entry.Item.Name), (-1, null!)).Index;
        if (index < 0)
            throw new NetworkException($"Network '{network.Name}' has no layer '{last}' to freeze up to; it has {string.Join(", ", network.Table.Where(row => row.ParameterCount > 0).Select(row => row.Layer.Name))}.");
        if (network.Table.Skip(index + 1).All(row => row.ParameterCount == 0))
            throw new NetworkException($"Freezing network '{network.Name}' up to '{last}' leaves nothing to train.");
    }

    private static string FirstWeight(NetworkSpec network) => $"{network.Table.First(row => row.ParameterCount > 0).Layer.Name}.weight";

    /// <summary>A convolution's weight with its three input channels in the other order.</summary>
    private static StoredTensor Turned(StoredTensor weight)
    {
        if (weight.Shape is not [_, 3, _, _])
            throw new InvalidDataException($"'{weight.Name}' has shape {weight.ShapeText}; only a convolution of three channels takes colours.");
        var (values, area) = (weight.ReadFloats(), (int)(weight.Shape[2] * weight.Shape[3]));
        var turned = new float[values.Length];
        for (var from = 0; from < values.Length; from += area)
            values.AsSpan(from, area).CopyTo(turned.AsSpan(from + (1 - from / area % 3) * 2 * area));
        return StoredTensor.Of(new NamedArray(weight.Name, weight.Shape, turned));
    }

    private static bool IsPartOf(string layer, string name) => name == layer || name.StartsWith($"{layer}.", StringComparison.Ordinal);

    [LoggerMessage(Level = LogLevel.Information, Message = "Took the prefix '{Prefix}' off the names in '{Path}'; {Left} tensors without it are left.")]
    private static partial void LogPrefix(ILogger logger, string prefix, string path, int left);

    [LoggerMessage(Level = LogLevel.Information, Message = "Began with {Count} tensors of '{Path}'.")]
    private static partial void LogLoaded(ILogger logger, int count, string path);

    [LoggerMessage(Level = LogLevel.Information, Message = "Began with {Count} tensors of '{Path}'; the classifier '{Classifier}' begins anew with {Outputs} outputs.")]
    private static partial void LogNewClassifier(ILogger logger, int count, string path, string classifier, int outputs);
}
