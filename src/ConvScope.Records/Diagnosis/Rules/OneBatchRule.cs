using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// A network that cannot learn one batch by heart will not learn a whole set: labels, network or loss are at fault.
/// </summary>
public sealed class OneBatchRule() : Rule("one batch", QuantityNames.OneBatchAccuracy, persistence: 1)
{
    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var accuracy = history.Find(QuantityNames.OneBatchAccuracy)!;
        if (accuracy.Last.Value < 1)
        {
            yield return new Signal("", Severity.Warning, Text($"After 200 steps on one batch of 32 images only {accuracy.Last.Value:P0} of them are classified right."),
                "Look for labels that contradict each other, missing gradients, or a network that is too small.", Latest(QuantityNames.OneBatchAccuracy, "", accuracy));
        }
    }
}
