using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Batch;

/// <summary>
/// Share of the step's batch that belongs to its most frequent class, 1/K to 1: near 1 at every step where the images are sorted by class. Left out where labels are not known, and for a regression.
/// </summary>
public sealed class DominantClass() : Quantity(QuantityNames.DominantClass, "fraction")
{
    internal override bool NeedsParameters => false;

    /// <inheritdoc />
    public override IEnumerable<(string Target, Tensor Value)> Measure(StepContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context is { Labels: { } labels, ClassLogits: { } logits })
        {
            var counts = zeros(logits.shape[1], ScalarType.Float64, labels.device).index_add_(0, labels, ones_like(labels, ScalarType.Float64), 1); // [K]
            yield return ("", counts.max() / labels.NumberOfElements);
        }
    }
}
