using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Layers;

/// <summary>
/// Standard deviation of each layer's output over all elements of the probe batch, population form. At least 0.
/// </summary>
public sealed class OutputStandardDeviation() : LayerQuantity(QuantityNames.OutputStandardDeviation)
{
    /// <inheritdoc />
    protected override Tensor Measure(LayerOutput layer) => layer.Output.std(unbiased: false);
}
