using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Batch;

/// <summary>Share of the step's batch classified right before the update, 0 to 1, of the rows that have a class; left out where outputs or labels are not known, and for a regression.</summary>
public sealed class BatchAccuracy() : Quantity(QuantityNames.Accuracy, "fraction")
{
    internal override bool NeedsParameters => false;

    /// <inheritdoc />
    public override IEnumerable<(string Target, Tensor Value)> Measure(StepContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context is { ClassLogits: { } logits, Labels: { } labels })
            yield return ("", logits.argmax(1).eq(labels).sum(ScalarType.Float64).div(labels.ge(0).sum(ScalarType.Float64)));
    }
}
