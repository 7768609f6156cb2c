using System.Text.Json;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using ConvScope.Records.Recording;

namespace ConvScope.Tool;

/// <summary>What the weights of a run lack. Records of older versions keep no running statistics.</summary>
internal static class RunWeights
{
    /// <summary>Names of the running statistics that are missing from a snapshot; none where it is whole.</summary>
    public static IReadOnlyList<string> Missing(Checkpoint snapshot, IReadOnlyDictionary<string, string> metadata, NetworkSpec? network)
    {
        if (snapshot.Metadata.ContainsKey(Snapshot.WholeKey))
            return [];
        var names = snapshot.Tensors.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        var wanted = network is not null
            ? NetworkTensor.Of(network).Where(tensor => !tensor.IsTrained && !tensor.IsCounter).Select(tensor => tensor.Name)
            : Layers(metadata).Where(layer => layer.Kind.StartsWith("BatchNorm", StringComparison.Ordinal)).SelectMany(layer => new[] { $"{layer.Name}.running_mean", $"{layer.Name}.running_var" });
        return [.. wanted.Where(name => !names.Contains(name))];
    }

    /// <summary>Refuses to hand on a part of a network as if it were all of it.</summary>
    /// <exception cref="InvalidDataException">Tensors are missing.</exception>
    public static void RefusePart(TensorSource source, string path)
    {
        if (source.Missing.Count > 0)
        {
            throw new InvalidDataException(
                $"The record of '{path}' was written by an older version, which kept no running statistics: {source.Missing.Count} tensors are missing, {Networks.Weights.WeightFit.List(source.Missing)}. " +
                "A checkpoint or the model of that run has all of them.");
        }
    }

    private static LayerFact[] Layers(IReadOnlyDictionary<string, string> metadata)
    {
        try
        {
            return metadata.TryGetValue(MetadataNames.Layers, out var json) ? JsonSerializer.Deserialize<LayerFact[]>(json, JsonSerializerOptions.Web) ?? [] : [];
        }
        catch (JsonException)
        {
            return []; // a record that another program wrote
        }
    }
}
