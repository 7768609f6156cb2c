using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Layers;

/// <summary>
/// Mean of the gradient of the probe batch's mean cross-entropy by each layer's output, signed. Layers without a gradient are left out.
/// </summary>
public sealed class OutputGradientMean() : LayerQuantity(QuantityNames.OutputGradientMean)
{
    /// <inheritdoc />
    protected override Tensor? Measure(LayerOutput layer) => layer.Gradient?.mean([], false, ScalarType.Float64);
}
