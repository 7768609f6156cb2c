using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>Distribution of each parameter's update, ΔW = W after − W before.</summary>
public sealed class UpdateHistogram() : HistogramQuantity(QuantityNames.UpdateHistogram)
{
    /// <inheritdoc />
    public override IEnumerable<(string Target, Tensor Values)> Select(StepContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var parameter in context.Parameters)
        {
            if (parameter.Update is { } values)
                yield return (parameter.Name, values);
        }
    }
}
