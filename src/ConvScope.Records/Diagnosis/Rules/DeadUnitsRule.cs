using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// Units of a rectifying layer that are active for none of the 2,048 images of the probe set, in two looks one after another: they get no gradient and stay dead. A unit that is active on few
/// images is no fault. Source: He et al., "Delving Deep into Rectifiers", 2015; Lu et al., "Dying ReLU and Initialization", 2019.
/// </summary>
public sealed class DeadUnitsRule() : Rule("dead units", QuantityNames.DeadUnits, persistence: 2)
{
    private const double Worth = 0.1;

    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        foreach (var (layer, trace) in history.All(QuantityNames.DeadUnits))
        {
            if (trace.Count < 2 || trace.Latest(2).Min() is not (> Worth and var share))
                continue;
            var severity = share > 0.9 || (share > 0.5 && !history.HasLearned) ? Severity.Failure : Severity.Information; // a network that learns all the same has units to spare
            yield return new Signal(layer, severity, Text($"{share:P0} of the units of {layer} are active for none of the images that were looked at."),
                "Lower the learning rate, initialise biases at zero, or use leaky ReLU or batch normalisation.", Latest(QuantityNames.DeadUnits, layer, trace));
        }
    }
}
