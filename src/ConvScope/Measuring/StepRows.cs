using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>A step's outputs and labels, a row each.</summary>
/// <param name="Outputs"><c>[M, K]</c>; null where they have no rows.</param>
/// <param name="Labels"><c>[M]</c>; null where they do not belong to the rows.</param>
/// <param name="IsPerPixel">Whether the rows are pixels or places of a text: an image has many of them.</param>
internal readonly record struct StepRows(Tensor? Outputs, Tensor? Labels, bool IsPerPixel)
{
    /// <summary>Brings outputs and labels into rows.</summary>
    /// <param name="outputs"><c>[N, K]</c>, <c>[N, K, …]</c> or <c>[N, …, K]</c>.</param>
    /// <param name="labels"><c>[N]</c>, <c>[N, …]</c>, or <c>[N, 1]</c> where there is one output; null where they are not known.</param>
    public static StepRows Of(Tensor outputs, Tensor? labels)
    {
        var columns = outputs.shape[1];
        if (labels is { } given && !given.is_floating_point())
            labels = given.dtype == ScalarType.Bool || given.is_integral() ? given.to(ScalarType.Int64) : null;
        if (outputs.dim() == 2)
            return new StepRows(outputs, Column(labels, outputs.shape[0], columns), IsPerPixel: false);
        if (labels is null || labels.dim() != outputs.dim() - 1)
            return default;
        long[] behind = [outputs.shape[0], .. outputs.shape[2..]], before = outputs.shape[..^1];
        if (labels.shape.SequenceEqual(behind))
            return new StepRows(outputs.movedim([1L], [-1L]).reshape(-1, columns), labels.reshape(-1), IsPerPixel: true);
        return labels.shape.SequenceEqual(before)
            ? new StepRows(outputs.reshape(-1, outputs.shape[^1]), labels.reshape(-1), IsPerPixel: true)
            : default;
    }

    private static Tensor? Column(Tensor? labels, long rows, long columns) => labels?.shape switch
    {
        [var count] when count == rows => labels,
        [var count, 1] when count == rows && columns == 1 => labels.reshape(-1),
        _ => null,
    };
}
