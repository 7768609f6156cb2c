using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>
/// Share of each parameter's gradient that is exactly zero, 0 to 1: a unit that never fires gets no gradient at all. Sparsity alone is no fault.
/// </summary>
public sealed class GradientZeroShare() : GradientQuantity(QuantityNames.GradientZeroShare, "fraction")
{
    /// <inheritdoc />
    protected override Tensor Measure(Tensor gradient) => gradient.eq(0).mean([], false, ScalarType.Float64);
}
