using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>
/// Number of elements of each parameter's gradient that are NaN or infinite.
/// </summary>
public sealed class GradientNonFinite() : GradientQuantity(QuantityNames.GradientNonFinite, "elements")
{
    /// <inheritdoc />
    protected override Tensor Measure(Tensor gradient) => (gradient - gradient).count_nonzero(); // x − x is 0, but NaN where x is not finite
}
