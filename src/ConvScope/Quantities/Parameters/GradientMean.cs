using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>
/// Mean of each parameter's gradient, signed: Σ g / n, summed in double precision. Near zero for a healthy layer; a lasting sign means the layer as a whole is pulled one way.
/// </summary>
public sealed class GradientMean() : GradientQuantity(QuantityNames.GradientMean)
{
    /// <inheritdoc />
    protected override Tensor Measure(Tensor gradient) => gradient.mean([], false, ScalarType.Float64);
}
