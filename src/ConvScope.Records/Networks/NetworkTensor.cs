using ConvScope.Records.Networks.Layers;

namespace ConvScope.Records.Networks;

/// <summary>A tensor that a described network has, by PyTorch's name: a trained one, or one that it keeps beside them.</summary>
/// <param name="Name">Name in the whole network: <c>bn1.running_mean</c>.</param>
/// <param name="Shape">Length of each axis; empty for a scalar.</param>
/// <param name="IsTrained">Whether an optimizer changes it; else it is a running statistic or a counter.</param>
/// <param name="IsCounter">Whether it counts batches; files of PyTorch before 0.4.1 have no such tensor, and no prediction needs it.</param>
internal sealed record NetworkTensor(string Name, IReadOnlyList<long> Shape, bool IsTrained, bool IsCounter)
{
    private const string Counter = ".num_batches_tracked";

    /// <summary>All tensors of a network, layer after layer.</summary>
    public static IReadOnlyList<NetworkTensor> Of(NetworkSpec network) => [.. network.Table.SelectMany(Of)];

    /// <summary>Whether a tensor of that name counts batches.</summary>
    public static bool IsCounterName(string name) => name.EndsWith(Counter, StringComparison.Ordinal);

    private static IEnumerable<NetworkTensor> Of(LayerRow row)
    {
        foreach (var parameter in row.Layer.Parameters(row.Input))
            yield return new NetworkTensor($"{row.Layer.Name}.{parameter.Name}", [.. parameter.Shape.Axes.Select(axis => (long)axis)], IsTrained: true, IsCounter: false);
        if (row.Layer is not BatchNorm2dLayer norm)
            yield break;
        yield return new NetworkTensor($"{norm.Name}.running_mean", [row.Input.Channels], IsTrained: false, IsCounter: false);
        yield return new NetworkTensor($"{norm.Name}.running_var", [row.Input.Channels], IsTrained: false, IsCounter: false);
        yield return new NetworkTensor(norm.Name + Counter, [], IsTrained: false, IsCounter: true);
    }
}
