using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Layers;

/// <summary>
/// Share of a rectifying layer's units (filters, or units of a fully connected layer) that are active for no image of the probe batch at any position, 0 to 1. Many are merely rare:
/// which of them are dead is looked for on the probe set, see <see cref="QuantityNames.DeadUnits"/>. Other layers are left out.
/// </summary>
public sealed class InactiveUnits() : LayerQuantity(QuantityNames.InactiveUnits, "fraction")
{
    private static readonly HashSet<string> _rectifiers = new(StringComparer.Ordinal) { "ReLU", "ReLU6" };

    /// <inheritdoc />
    protected override Tensor? Measure(LayerOutput layer) => IsRectifier(layer) ? Active(layer.Output).logical_not().mean([], false, ScalarType.Float64) : null;

    /// <summary>Whether a layer gives zero for a range of inputs and has units to count.</summary>
    internal static bool IsRectifier(LayerOutput layer) => _rectifiers.Contains(layer.Kind) && layer.Output.dim() >= 2;

    /// <summary>Which units are active anywhere, <c>[units]</c>.</summary>
    /// <param name="output">Output of a layer, <c>[N, units, …]</c>.</param>
    internal static Tensor Active(Tensor output) => output.amax([.. Enumerable.Range(0, (int)output.dim()).Where(axis => axis != 1).Select(axis => (long)axis)]).gt(0);
}
