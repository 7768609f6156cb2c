using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>
/// Size of the update relative to the parameter before it: ‖ΔW‖ / ‖W‖, Euclidean norms, ΔW as the optimizer made it, momentum and decay included. About 0.001 is healthy;
/// 0 for a parameter that stood still, infinite for one that was all zero. Source: Stanford CS231n, "Ratio of weights:updates".
/// </summary>
public sealed class UpdateRatio() : ParameterQuantity(QuantityNames.UpdateRatio)
{
    /// <inheritdoc />
    protected override Tensor? Measure(ParameterState parameter) => parameter.Update is { } update ? update.norm() / parameter.Before!.norm() : null;
}
