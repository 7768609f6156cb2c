namespace ConvScope.Reporting.Checkpoints;

/// <summary>What is said of a file beside the tensors that were taken from it.</summary>
public sealed record CheckpointContext
{
    /// <summary>Where the tensors lie in the file: keys joined by dots, empty for the saved object itself; null where the source is no checkpoint.</summary>
    public string? Key { get; init; }

    /// <summary>Keys of the other tensors of the file.</summary>
    public IReadOnlyList<string> OtherKeys { get; init; } = [];

    /// <summary>What Python would call where it loads the file without <c>weights_only</c>, as far as it is not known to be harmless.</summary>
    public IReadOnlyList<string> Calls { get; init; } = [];

    /// <summary>Tensors that cannot be read, each with the reason.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];
}
