namespace ConvScope.Records.Recording.Pruning;

/// <summary>What is kept of runs that are thinned. Without any of it nothing is deleted.</summary>
internal sealed record PruneOptions
{
    /// <summary>Snapshots of each kind that are kept beside the first, the last ones, at least 1; null, the default, for all.</summary>
    public int? KeepSnapshots { get; init; }

    /// <summary>Checkpoints of epochs that are kept beside the best and the last one, the last ones, at least 0; null, the default, for all.</summary>
    public int? KeepCheckpoints { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        if (KeepSnapshots is < 1)
            throw new ArgumentException($"Of the snapshots of a kind at least the last one is kept, beside the first; {KeepSnapshots} was asked for.");
        if (KeepCheckpoints is < 0)
            throw new ArgumentException($"The number of checkpoints that are kept beside the best and the last one is at least 0; {KeepCheckpoints} was asked for.");
    }
}
