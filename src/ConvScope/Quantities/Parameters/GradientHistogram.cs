using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>Distribution of each parameter's gradient that led to the update.</summary>
public sealed class GradientHistogram() : HistogramQuantity(QuantityNames.GradientHistogram)
{
    /// <inheritdoc />
    public override IEnumerable<(string Target, Tensor Values)> Select(StepContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var parameter in context.Parameters)
        {
            if (parameter.Gradient is { } values)
                yield return (parameter.Name, values);
        }
    }
}
