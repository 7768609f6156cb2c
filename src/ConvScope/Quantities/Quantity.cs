using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities;

/// <summary>
/// Something measured during training. A quantity looks at a step and names scalar tensors on the device; the collector copies those of all quantities to the
/// host at once. It changes nothing: no mode, no random state, no gradient.
/// </summary>
/// <param name="name">Name under which the readings stand in the record; see <see cref="QuantityNames"/>.</param>
/// <param name="unit">Unit of the readings; <c>1</c> for a plain number.</param>
public abstract class Quantity(string name, string unit)
{
    /// <summary>Name under which the readings stand in the record.</summary>
    public string Name { get; } = name;

    /// <summary>Unit of the readings.</summary>
    public string Unit { get; } = unit;

    /// <summary>Whether it looks at more than the batch's own loss, outputs and labels, so that the weights before the update are kept for it.</summary>
    internal virtual bool NeedsParameters => true;

    /// <summary>Measures one step. Called without gradient tracking, inside a dispose scope that ends after the copy.</summary>
    /// <param name="context">The step.</param>
    /// <returns>Pairs of target (parameter, layer, or empty for the network) and a tensor with one element, on the device.</returns>
    public abstract IEnumerable<(string Target, Tensor Value)> Measure(StepContext context);
}
