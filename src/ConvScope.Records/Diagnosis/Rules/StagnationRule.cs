using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// A loss that does not fall and an accuracy at chance: the network learns nothing. Compared are the medians of the latest ten readings and of those that lie ten readings back.
/// </summary>
public sealed class StagnationRule() : Rule("stagnation", QuantityNames.Loss)
{
    private const long FirstLook = 150;
    private const int Readings = 7;

    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var loss = history.Find(QuantityNames.Loss)!;
        if (history.Step < FirstLook || loss.Count < 2 * Readings || history.HasLearned || history.Find(QuantityNames.Accuracy) is not { } accuracy || history.Facts.ClassCount < 2)
            yield break;
        var all = loss.Latest(2 * Readings);
        var (before, now) = (Trace.Median(all[..Readings]), Trace.Median(all[Readings..]));
        if (now > 0.98 * before && accuracy.Median(Readings) < 2 * history.Facts.ChanceAccuracy)
        {
            yield return new Signal("", Severity.Failure,
                Text($"The loss stands at {Number(now)} (before: {Number(before)}) and the accuracy at {accuracy.Median(Readings):P0}; chance is {history.Facts.ChanceAccuracy:P0}."),
                "Check that labels belong to their images, that inputs are scaled, and the learning rate; then whether the network can learn a single batch by heart.",
                Latest(QuantityNames.Loss, "", loss), Latest(QuantityNames.Accuracy, "", accuracy));
        }
    }
}
