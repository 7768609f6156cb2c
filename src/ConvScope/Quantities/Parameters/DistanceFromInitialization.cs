using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>
/// Euclidean distance of each parameter from its values before the first update: ‖W − W₀‖. At least 0. Source: Nagarajan and Kolter, "Generalization in Deep Networks: The Role of
/// Distance from Initialization", 2019.
/// </summary>
public sealed class DistanceFromInitialization() : ParameterQuantity(QuantityNames.DistanceFromInitialization)
{
    /// <inheritdoc />
    protected override Tensor Measure(ParameterState parameter) => (parameter.Weight - parameter.Initial).norm();
}
