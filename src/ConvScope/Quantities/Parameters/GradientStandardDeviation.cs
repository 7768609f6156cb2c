using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>
/// Standard deviation of each parameter's gradient over its elements: √(Σ (g − ḡ)² / n), population form, so that a single element gives 0. At least 0.
/// </summary>
public sealed class GradientStandardDeviation() : GradientQuantity(QuantityNames.GradientStandardDeviation)
{
    /// <inheritdoc />
    protected override Tensor Measure(Tensor gradient) => gradient.std(unbiased: false);
}
