using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// A parameter that gets a gradient but stands still: it is not among those that the optimizer was given, or the optimizer makes no steps.
/// </summary>
public sealed class UnchangedParameterRule() : Rule("unchanged parameter", QuantityNames.UpdateRatio)
{
    private const double Worth = 1e-4; // of the weight's norm: smaller gradients may be lost in rounding, as those of a bias before batch normalisation

    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        foreach (var (name, trace) in history.All(QuantityNames.UpdateRatio))
        {
            if (trace.Count < 5 || !trace.Latest(5).All(value => value == 0))
                continue;
            var gradient = history.Find(QuantityNames.GradientNorm, name)?.Median(5) ?? 0; // none for a parameter that is frozen on purpose
            if (gradient > Worth * history.Find(QuantityNames.WeightNorm, name)!.Median(5) && gradient > 0)
            {
                yield return new Signal(name, Severity.Warning, Text($"{name} gets a gradient of norm {Number(gradient)} but does not change."),
                    "Give the parameter to the optimizer, or set requires_grad to false if it is meant to be frozen.", Latest(QuantityNames.UpdateRatio, name, trace));
            }
        }
    }
}
