using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>
/// Mean of each parameter after the update, signed: Σ w / n, summed in double precision.
/// </summary>
public sealed class WeightMean() : ParameterQuantity(QuantityNames.WeightMean)
{
    /// <inheritdoc />
    protected override Tensor Measure(ParameterState parameter) => parameter.Weight.mean([], false, ScalarType.Float64);
}
