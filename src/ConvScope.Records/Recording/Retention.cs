namespace ConvScope.Records.Recording;

/// <summary>Which snapshots are kept. The first and the last one always are.</summary>
public sealed record Retention
{
    /// <summary>Keeps the snapshots of every n-th epoch; 1, the default, keeps all of them.</summary>
    public int EveryEpochs { get; init; } = 1;

    /// <summary>Keeps only the last n of those, at least 1; null, the default, for all.</summary>
    public int? Last { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is below 1; the message names it.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(EveryEpochs, 1);
        if (Last is { } last)
            ArgumentOutOfRangeException.ThrowIfLessThan(last, 1, nameof(Last));
    }

    /// <summary>The epochs whose snapshots go, now that the newest of <paramref name="epochs"/> has been written.</summary>
    /// <param name="epochs">Epochs that have snapshots, in ascending order.</param>
    internal IEnumerable<int> Discarded(IReadOnlyList<int> epochs)
    {
        if (epochs.Count == 0)
            return [];
        var (first, newest) = (epochs[0], epochs[^1]);
        int[] kept = [.. epochs.Where(epoch => epoch == newest || epoch % EveryEpochs == 0)];
        var recent = Last is { } last ? kept[^Math.Min(last, kept.Length)..] : kept;
        return epochs.Where(epoch => epoch != first && !recent.Contains(epoch));
    }
}
