namespace ConvScope.Reporting.Comparison;

/// <summary>What two tensors are compared for, and how finely it is shown.</summary>
public sealed record ComparisonOptions
{
    /// <summary>Whether the tensors are activations, images along the first axis: then linear CKA is computed. Default false.</summary>
    public bool Activations { get; init; }

    /// <summary>Most rows and most columns of a map, 1 to 4,096; larger tensors are pooled. Default 256.</summary>
    public int MapSize { get; init; } = 256;

    /// <summary>Bins of the scatter along each axis, 2 to 128. Default 64.</summary>
    public int ScatterBins { get; init; } = 64;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    internal void Validate()
    {
        if (MapSize is < 1 or > 4096)
            throw new ArgumentOutOfRangeException(nameof(MapSize), MapSize, "MapSize must be 1 to 4,096.");
        if (ScatterBins is < 2 or > 128)
            throw new ArgumentOutOfRangeException(nameof(ScatterBins), ScatterBins, "ScatterBins must be 2 to 128.");
    }
}
