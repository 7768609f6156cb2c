using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>
/// Signal-to-noise ratio of each parameter's gradient between the halves of the probe batch, g₁ and g₂, in evaluation mode, after the update:
/// ‖(g₁ + g₂) / 2‖² / ‖(g₁ − g₂) / 2‖². Where the gradient is pure noise it is about 1; the larger, the more the images agree on the direction.
/// At least 0; infinite where the halves agree entirely. Two forward and backward passes: the dearest quantity.
/// </summary>
public sealed class GradientSignalToNoise() : Quantity(QuantityNames.GradientSignalToNoise, "1")
{
    /// <inheritdoc />
    public override IEnumerable<(string Target, Tensor Value)> Measure(StepContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var (name, first, second) in context.HalfGradients)
            yield return (name, (first + second).square().sum() / (first - second).square().sum());
    }
}
