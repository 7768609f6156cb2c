using ConvScope.Records.Checkpoints.Onnx;
using ConvScope.Records.Networks;

namespace ConvScope.Records.Checkpoints;

/// <summary>The tensors of a file, which give the weights of a network by its names: by matching names, or by walking the graph of an ONNX file.</summary>
/// <param name="Tensors">The tensors by the names that they have in the file.</param>
/// <param name="Graph">The graph that they belong to; null where there is none.</param>
internal sealed record NamedWeights(IReadOnlyList<StoredTensor> Tensors, OnnxWalk? Graph = null)
{
    /// <summary>The weights of a network, and the prefix that was taken off their names. They need not fit.</summary>
    /// <param name="network">The network.</param>
    /// <param name="prefix">What stands before its names; null to find it.</param>
    /// <exception cref="InvalidDataException">No name begins with the prefix.</exception>
    public (IReadOnlyList<StoredTensor> Weights, string Prefix) For(NetworkSpec network, string? prefix = null)
    {
        if (prefix is not null)
            return (WeightNames.Under(Tensors, prefix), prefix);
        return Graph is null ? (WeightNames.Match(Tensors, NetworkTensor.Of(network).Select(tensor => tensor.Name), out var found), found) : (Graph.Name(network), "");
    }
}
