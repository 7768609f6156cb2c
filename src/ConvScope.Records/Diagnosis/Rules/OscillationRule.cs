using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// A loss that jumps about at a level at which nothing is learned: the spread of the latest twenty readings exceeds half their mean, or the loss is many times that of chance.
/// </summary>
public sealed class OscillationRule() : Rule("oscillation", QuantityNames.Loss)
{
    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var loss = history.Find(QuantityNames.Loss)!;
        var latest = loss.Latest(20);
        var chance = history.Facts.ChanceLoss;
        if (latest.Length < 10 || history.HasLearned || double.IsNaN(chance) || !latest.All(double.IsFinite))
            yield break;
        var mean = latest.Average();
        var spread = Math.Sqrt(latest.Average(value => (value - mean) * (value - mean)));
        if (mean > chance && spread > 0.3 * mean)
        {
            yield return new Signal("", Severity.Warning, Text($"The loss jumps about {Number(mean)} by ±{Number(spread)} without falling; chance is {Number(chance)}."),
                "Lower the learning rate or the momentum; check that the images are shuffled.", Latest(QuantityNames.Loss, "", loss));
        }
    }
}
