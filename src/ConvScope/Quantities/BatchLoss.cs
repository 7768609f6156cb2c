using static TorchSharp.torch;

namespace ConvScope.Quantities;

/// <summary>Mean cross-entropy of the step's batch, before the update, in nats.</summary>
public sealed class BatchLoss() : Quantity(QuantityNames.Loss, "nats")
{
    /// <inheritdoc />
    public override IEnumerable<(string Target, Tensor Value)> Measure(StepContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return [("", context.Completed.Loss.detach())];
    }
}
