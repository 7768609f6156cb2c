using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// No better validation accuracy for ten epochs.
/// </summary>
public sealed class OvertrainingRule() : Rule("overtraining", QuantityNames.ValidationAccuracy, persistence: 1)
{
    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var accuracy = history.Find(QuantityNames.ValidationAccuracy)!;
        var readings = accuracy.Recent.ToArray();
        var best = Array.FindLastIndex(readings, reading => reading.Value == readings.Max(other => other.Value));
        if (readings.Length - 1 - best >= 10)
        {
            yield return new Signal("", Severity.Information, Text($"The best validation accuracy, {readings[best].Value:P2}, was in epoch {readings[best].Epoch}; it is now {accuracy.Last.Value:P2}."),
                "Stop at the best epoch.", Latest(QuantityNames.ValidationAccuracy, "", accuracy));
        }
    }
}
