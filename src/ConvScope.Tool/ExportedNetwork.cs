using ConvScope.Networks.Weights;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;

namespace ConvScope.Tool;

/// <summary>The description of weights that are to be exported as a network, and the weights by its names.</summary>
/// <param name="Network">The description.</param>
/// <param name="Weights">The weights, without a prefix.</param>
/// <param name="Note">What a user should know of it; null for nothing.</param>
internal sealed record ExportedNetwork(NetworkSpec Network, IReadOnlyList<StoredTensor> Weights, string? Note)
{
    /// <summary>Finds the description: of the network of the zoo that was named, else the one that is kept with the weights.</summary>
    /// <param name="source">The weights.</param>
    /// <param name="path">Where they are from, for messages.</param>
    /// <param name="name">A network of the zoo; null for none.</param>
    /// <param name="side">Rows and columns of its images; null for the size that it was made for.</param>
    /// <param name="prefix">What stands before its names; null to find it.</param>
    /// <exception cref="ArgumentException">Nothing says which network it is.</exception>
    public static ExportedNetwork Of(TensorSource source, string path, string? name, int? side, string? prefix)
    {
        if (name is not null)
        {
            var (network, weights, taken) = ZooFit.Describe(name, source.Named, side ?? (source.Network?.Input is { } input && input.Height == input.Width ? input.Height : null), prefix);
            return new ExportedNetwork(source.Network is { } own && own.Outputs == network.Outputs ? network.For(own.Task) : network, weights, Taken(taken, source.Tensors.Count - weights.Count));
        }

        if (source.Network is not { } described)
            throw new ArgumentException($"'{path}' does not say which network its weights belong to; --network names one of the zoo.{WeightFit.Advice(source.Named)}");
        var (named, found) = source.Named.For(described, prefix);
        return new ExportedNetwork(described, named, Taken(found, source.Tensors.Count - named.Count));
    }

    private static string? Taken(string prefix, int left) => prefix.Length == 0 ? null : $"took the prefix '{prefix}' off the names; {left} tensors without it are left";
}
