using System.Text.Json;

namespace ConvScope.Reporting.Checkpoints;

/// <summary>What is in a checkpoint.</summary>
/// <param name="Source">Where the tensors come from: a path.</param>
/// <param name="Format">The format of the file.</param>
/// <param name="Tensors">The distribution of each tensor of real numbers, in the order of the file.</param>
/// <param name="Files">Figures and pages that were written, relative to their folder, with forward slashes.</param>
public sealed record CheckpointSummary(string Source, string Format, IReadOnlyList<ParameterDistribution> Tensors, IReadOnlyList<string> Files)
{
    /// <summary>Tensors that were not measured, each with the reason: <c>phase (complex64, 8x8): its elements have two parts</c>.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Where the tensors lie in the file: keys joined by dots, empty for the saved object itself; null where the source is no checkpoint.</summary>
    public string? Key { get; init; }

    /// <summary>Keys of the other tensors of the file.</summary>
    public IReadOnlyList<string> OtherKeys { get; init; } = [];

    /// <summary>What Python would call where it loads the file without <c>weights_only</c>, as far as it is not known to be harmless.</summary>
    public IReadOnlyList<string> Calls { get; init; } = [];

    /// <summary>Number of elements of all tensors.</summary>
    public long Count => Tensors.Sum(tensor => tensor.Count);

    /// <summary>Names of the tensors that hold NaN or infinities.</summary>
    public IReadOnlyList<string> NonFinite => [.. Tensors.Where(tensor => tensor.NonFinite > 0).Select(tensor => tensor.Name)];

    /// <summary>The summary as JSON, for scripts; the names stay stable.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}
