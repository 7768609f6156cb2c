using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Layers;

/// <summary>
/// Mean of each layer's output over the probe batch, signed, summed in double precision.
/// </summary>
public sealed class OutputMean() : LayerQuantity(QuantityNames.OutputMean)
{
    /// <inheritdoc />
    protected override Tensor Measure(LayerOutput layer) => layer.Output.mean([], false, ScalarType.Float64);
}
