using ConvScope.Quantities;
using ConvScope.Recording;

namespace ConvScope.Diagnosis;

/// <summary>
/// A parameter that gets a gradient but stands still: it is not among those that the optimizer was given, or its layer is dead.
/// </summary>
public sealed class UnchangedParameterRule() : Rule("unchanged parameter", QuantityNames.UpdateRatio)
{
    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        foreach (var (name, trace) in history.All(QuantityNames.UpdateRatio))
        {
            if (trace.Count >= 5 && history.Find(QuantityNames.GradientNorm, name) is not null && trace.Latest(5).All(value => value == 0))
            {
                yield return new Signal(name, Severity.Warning, Text($"{name} gets a gradient of norm {Number(history.Find(QuantityNames.GradientNorm, name)!.Median(5))} but does not change."),
                    "Give the parameter to the optimizer, or set requires_grad to false if it is meant to be frozen.", Latest(QuantityNames.UpdateRatio, name, trace));
            }
        }
    }
}
