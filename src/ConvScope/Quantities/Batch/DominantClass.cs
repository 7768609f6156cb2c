using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Batch;

/// <summary>
/// Share of the step's batch that belongs to its most frequent class, 1/K to 1: near 1 at every step where the images are sorted by class. Left out where labels are not known, for pixels, and for a regression.
/// </summary>
public sealed class DominantClass() : Quantity(QuantityNames.DominantClass, "fraction")
{
    internal override bool NeedsParameters => false;

    /// <inheritdoc />
    public override IEnumerable<(string Target, Tensor Value)> Measure(StepContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context is { Labels: { } labels, ClassLogits: { } logits, IsPerPixel: false })
        {
            var isClass = labels.ge(0).to(ScalarType.Float64);
            var counts = zeros(logits.shape[1], ScalarType.Float64, labels.device).index_add_(0, labels.clamp_min(0), isClass, 1); // [K]
            yield return ("", counts.max() / isClass.sum());
        }
    }
}
