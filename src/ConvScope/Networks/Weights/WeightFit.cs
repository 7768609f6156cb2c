using ConvScope.Networks.Zoo;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;

namespace ConvScope.Networks.Weights;

/// <summary>Whether weights are those of a network: every name, and every shape.</summary>
internal static class WeightFit
{
    private const int MostFaults = 5;
    private const int MostNames = 8;

    /// <summary>Checks weights against a description. Counters of batches may be missing.</summary>
    /// <param name="network">The network.</param>
    /// <param name="tensors">Its weights, by its names.</param>
    /// <param name="given">The same weights as they are in their file; null where they have these names there.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, left over, or of another shape; the message names the first of them, and the network of the zoo that the weights fit.</exception>
    public static void Check(NetworkSpec network, IReadOnlyList<StoredTensor> tensors, NamedWeights? given = null)
    {
        var faults = Faults([.. NetworkTensor.Of(network).Where(tensor => !tensor.IsCounter).Select(tensor => (tensor.Name, tensor.Shape))], [.. tensors.Where(tensor => !IsNeedless(network, tensor))]);
        if (faults.Count > 0)
            throw Misfit(faults, given ?? new NamedWeights(tensors), $"network '{network.Name}'");
    }

    /// <summary>What is wrong with weights, a sentence part each: shapes, then names that are missing, then names that nothing has.</summary>
    /// <param name="wanted">What the network has.</param>
    /// <param name="tensors">What there is.</param>
    /// <param name="strict">Whether names count too.</param>
    public static List<string> Faults(IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> wanted, IReadOnlyList<StoredTensor> tensors, bool strict = true)
    {
        var stored = tensors.DistinctBy(tensor => tensor.Name, StringComparer.Ordinal).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var faults = wanted.Where(tensor => stored.TryGetValue(tensor.Name, out var found) && !found.Shape.SequenceEqual(tensor.Shape))
            .Select(tensor => $"'{tensor.Name}' has shape {Text(tensor.Shape)} in the network and {Text(stored[tensor.Name].Shape)} in the weights").ToList();
        if (!strict)
            return faults;
        var names = wanted.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        if (wanted.Where(tensor => !stored.ContainsKey(tensor.Name)).Select(tensor => tensor.Name).ToList() is { Count: > 0 } missing)
            faults.Add($"the weights lack {List(missing)}");
        if (stored.Keys.Where(name => !names.Contains(name)).ToList() is { Count: > 0 } unexpected)
            faults.Add($"the network does not know {List(unexpected)}");
        return faults;
    }

    /// <summary>The error for weights that do not fit.</summary>
    public static InvalidDataException Misfit(IReadOnlyList<string> faults, NamedWeights tensors, string network = "the network") => new(
        $"The weights do not fit {network}: {string.Join("; ", faults.Take(MostFaults))}{(faults.Count > MostFaults ? $"; and {faults.Count - MostFaults} more" : "")}.{Advice(tensors)}");

    /// <summary>A sentence that names the network of the zoo that weights fit, with a space before it; empty where none does.</summary>
    public static string Advice(NamedWeights tensors) => ZooFit.Find(tensors) switch
    {
        null => "",
        (var name, 0) => $" They fit '{name}' of the network zoo but for its last layer.",
        var (name, outputs) => $" They fit '{name}' of the network zoo with {outputs} output{(outputs == 1 ? "" : "s")}.",
    };

    /// <summary>Names in quotes, at most so many that a person reads them.</summary>
    public static string List(IReadOnlyList<string> names) => string.Join(", ", names.Take(MostNames).Select(name => $"'{name}'")) + (names.Count > MostNames ? $" and {names.Count - MostNames} more" : "");

    /// <summary>Whether a tensor is a counter of one of the network's normalisations.</summary>
    private static bool IsNeedless(NetworkSpec network, StoredTensor tensor) => NetworkTensor.IsCounterName(tensor.Name) && network.Layers.Any(layer => tensor.Name == $"{layer.Name}.num_batches_tracked");

    private static string Text(IReadOnlyList<long> shape) => shape.Count == 0 ? "scalar" : string.Join('x', shape);
}
