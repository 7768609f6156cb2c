using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>
/// Euclidean norm of each parameter's gradient: √Σ g², over all elements, of the mean loss of the batch, before the update. At least 0.
/// </summary>
public sealed class GradientNorm() : GradientQuantity(QuantityNames.GradientNorm)
{
    /// <inheritdoc />
    protected override Tensor Measure(Tensor gradient) => gradient.norm();
}
