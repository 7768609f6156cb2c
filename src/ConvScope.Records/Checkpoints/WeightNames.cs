namespace ConvScope.Records.Checkpoints;

/// <summary>Names of tensors as a network has them, found among those of a file, which wrappers put a prefix before: <c>module.</c>, <c>model.</c>, <c>ema.</c>.</summary>
public static class WeightNames
{
    /// <summary>Takes off the prefix with which most of a network's names are found.</summary>
    /// <param name="tensors">The tensors of a file.</param>
    /// <param name="wanted">The names that the network has.</param>
    /// <param name="prefix">What was taken off; empty for nothing.</param>
    /// <returns>The tensors with that prefix, without it; all as they are where no prefix finds more names than none does.</returns>
    public static IReadOnlyList<StoredTensor> Match(IReadOnlyList<StoredTensor> tensors, IEnumerable<string> wanted, out string prefix)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var names = wanted.ToHashSet(StringComparer.Ordinal);
        var found = new Dictionary<string, int>(StringComparer.Ordinal) { [""] = tensors.Count(tensor => names.Contains(tensor.Name)) };
        foreach (var name in tensors.Select(tensor => tensor.Name))
        {
            for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0 && dot < 200; dot = name.IndexOf('.', dot + 1))
            {
                if (names.Contains(name[(dot + 1)..]))
                    found[name[..(dot + 1)]] = found.GetValueOrDefault(name[..(dot + 1)]) + 1;
            }
        }

        var best = found.MaxBy(entry => entry.Value).Key; // the first of equal ones is none
        prefix = best;
        return best.Length == 0 ? tensors : Under(tensors, best);
    }

    /// <summary>The tensors whose names begin with a prefix, without it.</summary>
    /// <param name="tensors">The tensors of a file.</param>
    /// <param name="prefix">What stands before the names; empty for nothing.</param>
    /// <exception cref="InvalidDataException">No name begins so.</exception>
    public static IReadOnlyList<StoredTensor> Under(IReadOnlyList<StoredTensor> tensors, string prefix)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(prefix);
        var found = tensors.Where(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(tensor => tensor.Named(tensor.Name[prefix.Length..])).ToList();
        return found.Count > 0
            ? found
            : throw new InvalidDataException($"No tensor has a name that begins with '{prefix}'; there are {string.Join(", ", tensors.Take(5).Select(tensor => $"'{tensor.Name}'"))}{(tensors.Count > 5 ? $" and {tensors.Count - 5} more" : "")}.");
    }
}
