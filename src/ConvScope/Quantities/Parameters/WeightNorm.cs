using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>
/// Euclidean norm of each parameter after the update: √Σ w², over all elements. At least 0.
/// </summary>
public sealed class WeightNorm() : ParameterQuantity(QuantityNames.WeightNorm)
{
    /// <inheritdoc />
    protected override Tensor Measure(ParameterState parameter) => parameter.Weight.norm();
}
