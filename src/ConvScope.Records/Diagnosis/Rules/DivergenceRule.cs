using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// A loss that has climbed well above the best it has had, and stays there.
/// </summary>
public sealed class DivergenceRule() : Rule("divergence", QuantityNames.Loss)
{
    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var loss = history.Find(QuantityNames.Loss)!;
        var level = loss.Median(5);
        var chance = double.IsNaN(history.Facts.ChanceLoss) ? loss.First.Value : history.Facts.ChanceLoss;
        if (loss.Count < 10 || !(level > 2 * loss.LowestSmoothed) || !(level > 0.9 * chance))
            yield break;
        yield return new Signal("", Severity.Failure,
            Text($"The loss is {Number(level)} after it was as low as {Number(loss.LowestSmoothed)}."),
            "Lower the learning rate, warm it up, or clip gradients.", Latest(QuantityNames.Loss, "", loss));
    }
}
