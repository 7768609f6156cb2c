using System.Globalization;
using System.Text.Json.Serialization;
using ConvScope.Datasets.Files;

namespace ConvScope.Tool;

/// <summary>What a model says of an image file; either classes, or a number, or why there is neither.</summary>
/// <param name="Image">The file, as it was given.</param>
/// <param name="Candidates">The most probable classes, the best first; null where there are none.</param>
/// <param name="Value">The number that a regression predicts; null where there is none.</param>
/// <param name="Error">Why the image has no answer; null where it has one.</param>
internal sealed record ImageAnswer(
    string Image,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ImageAnswer.Candidate>? Candidates = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? Value = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null)
{
    /// <summary>The answer as a line for people.</summary>
    public override string ToString() =>
        Error is not null ? $"Image '{ShownPath.Of(Image)}' {Error.TrimEnd('.')}."
        : Value is { } value ? string.Create(CultureInfo.InvariantCulture, $"{ShownPath.Of(Image)}: {value:G6}")
        : $"{ShownPath.Of(Image)}: {string.Join(", ", Candidates!.Select(candidate => string.Create(CultureInfo.InvariantCulture, $"{ShownPath.Of(candidate.Class)} {candidate.Probability:P2}")))}";

    /// <summary>A class with its probability.</summary>
    internal sealed record Candidate(string Class, float Probability);
}
