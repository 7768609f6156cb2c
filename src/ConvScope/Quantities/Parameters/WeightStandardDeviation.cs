using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>
/// Standard deviation of each parameter after the update over its elements: √(Σ (w − w̄)² / n), population form. At least 0.
/// </summary>
public sealed class WeightStandardDeviation() : ParameterQuantity(QuantityNames.WeightStandardDeviation)
{
    /// <inheritdoc />
    protected override Tensor Measure(ParameterState parameter) => parameter.Weight.std(unbiased: false);
}
