using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// A network that does better and better on its training images and worse and worse on the validation images: validation loss 10 % above its best for three epochs while the training loss falls.
/// </summary>
public sealed class OverfittingRule() : Rule("overfitting", QuantityNames.ValidationLoss)
{
    private const double Harm = 0.03; // of validation accuracy, lost since its best: less is information

    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.Find(QuantityNames.TrainLoss) is not { } train || history.Find(QuantityNames.ValidationLoss) is not { } validation || validation.Count < 3)
            yield break;
        var best = validation.Recent.Min(reading => reading.Value);
        var accuracyFell = history.Find(QuantityNames.ValidationAccuracy) is { } accuracy && accuracy.Last.Value < accuracy.Recent.Max(reading => reading.Value) - Harm;
        if (validation.Last.Value > 1.1 * best && train.Latest(2) is [var before, var now] && now < before)
        {
            yield return new Signal("", accuracyFell ? Severity.Warning : Severity.Information, Text($"The validation loss is {Number(validation.Last.Value)} after it was {Number(best)}, while the training loss fell to {Number(now)}."),
                "Stop at the best epoch, take more images or augmentation, weight decay or dropout.", Latest(QuantityNames.ValidationLoss, "", validation), Latest(QuantityNames.TrainLoss, "", train));
        }
    }
}
