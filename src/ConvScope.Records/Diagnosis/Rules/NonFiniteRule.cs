using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// A loss or a gradient that is NaN or infinite: whatever follows is lost. The target is the first layer in forward order whose output is not finite, where that was measured.
/// </summary>
public sealed class NonFiniteRule() : Rule(RuleName, QuantityNames.Loss, persistence: 1)
{
    /// <summary>The rule's name, by which the training's own finding goes too.</summary>
    internal const string RuleName = "non-finite";

    /// <summary>What to try.</summary>
    internal const string CommonAdvice = "Lower the learning rate, clip gradients, and look for a division by zero or a logarithm of zero.";

    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var loss = history.Find(QuantityNames.Loss)!;
        var gradient = history.All(QuantityNames.GradientNonFinite).FirstOrDefault(entry => entry.Trace.Last.Step == history.Step && entry.Trace.Last.Value > 0);
        if (double.IsFinite(loss.Last.Value) && gradient.Trace is null)
            yield break;
        var layer = history.All(QuantityNames.OutputMean).FirstOrDefault(entry => !double.IsFinite(entry.Trace.Last.Value));
        var finite = loss.Recent.LastOrDefault(reading => double.IsFinite(reading.Value));
        var place = layer.Trace is not null ? $" The first layer whose output is not finite is {layer.Target}." : "";
        yield return new Signal(layer.Target ?? "", Severity.Failure,
            gradient.Trace is null ? Text($"The loss is {loss.Last.Value}; it was {Number(finite.Value)} at step {finite.Step}.{place}")
                : Text($"{gradient.Trace.Last.Value:F0} elements of the gradient of {gradient.Target} are not finite; the loss is {Number(loss.Last.Value)}.{place}"),
            CommonAdvice,
            Latest(QuantityNames.Loss, "", loss));
    }
}
