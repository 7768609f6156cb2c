using static TorchSharp.torch;

namespace ConvScope.Quantities.Layers;

/// <summary>A quantity that gives one number for each layer's output on the probe batch.</summary>
public abstract class LayerQuantity(string name, string unit = "1") : Quantity(name, unit)
{
    /// <inheritdoc />
    public sealed override IEnumerable<(string Target, Tensor Value)> Measure(StepContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var layer in context.Layers)
        {
            if (Measure(layer) is { } value)
                yield return (layer.Name, value);
        }
    }

    /// <summary>The number of one layer, as a tensor with one element; null for a layer that is left out.</summary>
    protected abstract Tensor? Measure(LayerOutput layer);
}
