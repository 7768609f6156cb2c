using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Batch;

/// <summary>Mean loss of the step's batch, before the update: cross-entropy in nats where the trainer is ours and labels are classes.</summary>
public sealed class BatchLoss() : Quantity(QuantityNames.Loss, "nats")
{
    internal override bool NeedsParameters => false;

    /// <inheritdoc />
    public override IEnumerable<(string Target, Tensor Value)> Measure(StepContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Loss is { } loss ? [("", loss)] : [];
    }
}
