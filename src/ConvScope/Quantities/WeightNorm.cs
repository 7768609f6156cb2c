using static TorchSharp.torch;

namespace ConvScope.Quantities;

/// <summary>Euclidean norm of each parameter after the update: √Σ w², over all elements. At least 0.</summary>
public sealed class WeightNorm() : Quantity(QuantityNames.WeightNorm, "1")
{
    /// <inheritdoc />
    public override IEnumerable<(string Target, Tensor Value)> Measure(StepContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var parameter in context.Parameters)
            yield return (parameter.Name, parameter.Weight.norm());
    }
}
