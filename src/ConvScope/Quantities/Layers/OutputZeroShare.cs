using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Layers;

/// <summary>
/// Share of each layer's output over the probe batch that is zero or below, 0 to 1. Behind a ReLU that is its sparsity, which is no fault; see <see cref="QuantityNames.DeadUnits"/>.
/// </summary>
public sealed class OutputZeroShare() : LayerQuantity(QuantityNames.OutputZeroShare, "fraction")
{
    /// <inheritdoc />
    protected override Tensor Measure(LayerOutput layer) => layer.Output.le(0).to(ScalarType.Float32).mean();
}
