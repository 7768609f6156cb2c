using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>Distribution of each parameter's values after the update.</summary>
public sealed class WeightHistogram() : HistogramQuantity(QuantityNames.WeightHistogram)
{
    /// <inheritdoc />
    public override IEnumerable<(string Target, Tensor Values)> Select(StepContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var parameter in context.Parameters)
        {
            if (parameter.Weight is { } values)
                yield return (parameter.Name, values);
        }
    }
}
