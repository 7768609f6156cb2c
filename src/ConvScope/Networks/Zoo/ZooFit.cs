using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;

namespace ConvScope.Networks.Zoo;

/// <summary>Networks of the zoo as weights have them: the number of outputs is that of the last layer, the number of channels that of the first.</summary>
internal static class ZooFit
{
    /// <summary>Describes a network of the zoo for weights.</summary>
    /// <param name="name">One of <see cref="NetworkZoo.Names"/>.</param>
    /// <param name="tensors">The weights; their order does not matter.</param>
    /// <param name="side">Rows and columns of the images; null for the size that the network was made for.</param>
    /// <param name="prefix">What stands before the network's names in the weights, and is taken off; null to find it.</param>
    /// <returns>The description, the weights by its names, and the prefix that was taken off. They need not fit.</returns>
    /// <exception cref="NetworkException">There is no such network, or the images are too small for it.</exception>
    public static (NetworkSpec Network, IReadOnlyList<StoredTensor> Weights, string Prefix) Describe(string name, NamedWeights tensors, int? side = null, string? prefix = null)
    {
        var usual = NetworkZoo.Create(name, 1000);
        var layers = usual.Table.Where(row => row.ParameterCount > 0).Select(row => row.Layer.Name).ToList();
        var (weights, found) = tensors.For(usual, prefix);
        var outputs = Axis($"{layers[^1]}.weight", 0) ?? usual.Outputs;
        var channels = Axis($"{layers[0]}.weight", 1) ?? usual.Input.Channels;
        return (NetworkZoo.Create(name, outputs, new Shape(channels, side ?? usual.Input.Height, side ?? usual.Input.Width)), weights, found);

        int? Axis(string tensor, int axis) => weights.FirstOrDefault(weight => weight.Name == tensor)?.Shape is { } shape && shape.Count > axis && shape[axis] is > 0 and <= 1 << 20 ? (int)shape[axis] : null;
    }

    /// <summary>The network that weights fit, every name and shape but counters; null where none does.</summary>
    /// <returns>Its name, and the number of its outputs; 0 for weights that lack its last layer and are whole else.</returns>
    public static (string Name, int Outputs)? Find(NamedWeights tensors)
    {
        var count = tensors.Tensors.Count(tensor => !NetworkTensor.IsCounterName(tensor.Name));
        foreach (var name in NetworkZoo.Names)
        {
            try
            {
                var (network, weights, _) = Describe(name, tensors);
                var given = weights.Where(tensor => !NetworkTensor.IsCounterName(tensor.Name)).ToDictionary(tensor => tensor.Name, tensor => tensor.Shape, StringComparer.Ordinal);
                if ((tensors.Graph is null && given.Count != count) || given.Count == 0)
                    continue;
                var wanted = NetworkTensor.Of(network).Where(tensor => !tensor.IsCounter).ToList();
                var last = $"{network.Table.Last(row => row.ParameterCount > 0).Layer.Name}.";
                var missing = wanted.Where(tensor => !given.TryGetValue(tensor.Name, out var shape) || !shape.SequenceEqual(tensor.Shape)).ToList();
                if (given.Count == wanted.Count - missing.Count && missing.TrueForAll(tensor => tensor.Name.StartsWith(last, StringComparison.Ordinal)))
                    return (name, missing.Count > 0 ? 0 : network.Outputs);
            }
            catch (Exception exception) when (exception is NetworkException or ArgumentException)
            {
                // weights of odd sizes or with names that occur twice describe no network
            }
        }

        return null;
    }
}
