using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Layers;

/// <summary>
/// Euclidean norm of the gradient of the probe batch's mean cross-entropy by each layer's output: √Σ (∂L/∂a)². At least 0. Layers without a gradient are left out.
/// </summary>
public sealed class OutputGradientNorm() : LayerQuantity(QuantityNames.OutputGradientNorm)
{
    /// <inheritdoc />
    protected override Tensor? Measure(LayerOutput layer) => layer.Gradient?.norm();
}
