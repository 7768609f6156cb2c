using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>
/// Largest magnitude in each parameter's gradient: max |g|. At least 0.
/// </summary>
public sealed class GradientMax() : GradientQuantity(QuantityNames.GradientMax)
{
    /// <inheritdoc />
    protected override Tensor Measure(Tensor gradient) => gradient.abs().max();
}
