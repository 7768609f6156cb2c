using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Layers;

/// <summary>
/// Share of the output of each saturating layer over the probe batch that lies at its flat ends, 0 to 1: |tanh| above 0.97, sigmoid below 0.03 or above 0.97.
/// Other layers are left out. Source: Karpathy, "Building makemore, part 3".
/// </summary>
public sealed class OutputSaturation() : LayerQuantity(QuantityNames.OutputSaturation, "fraction")
{
    private const double End = 0.97;

    /// <inheritdoc />
    protected override Tensor? Measure(LayerOutput layer) => layer.Kind switch
    {
        "Tanh" or "Hardtanh" or "Softsign" => layer.Output.abs().gt(End).mean([], false, ScalarType.Float64),
        "Sigmoid" or "Hardsigmoid" => (layer.Output * 2 - 1).abs().gt(2 * End - 1).mean([], false, ScalarType.Float64),
        _ => null,
    };
}
