using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// A network that learns, but so slowly that its accuracy after a whole epoch is still below half, or below a tenth of the way from chance where classes are many.
/// </summary>
public sealed class SlowLearningRule() : Rule("slow learning", QuantityNames.TrainAccuracy, persistence: 1)
{
    private const long FewestSteps = 200;

    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var accuracy = history.Find(QuantityNames.TrainAccuracy)!;
        if (history.Facts.ClassCount < 2 || history.Step < FewestSteps || history.HasLearned)
            yield break;
        yield return new Signal("", Severity.Warning, Text($"After {history.Epoch} epochs the training accuracy is {accuracy.Last.Value:P1}; chance is {history.Facts.ChanceAccuracy:P1}."),
            "Raise the learning rate, look at the inputs' scale, or take a larger network.", Latest(QuantityNames.TrainAccuracy, "", accuracy));
    }
}
