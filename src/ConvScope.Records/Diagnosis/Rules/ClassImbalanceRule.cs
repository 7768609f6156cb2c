using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// Classes of which one has more than ten times the images of another: accuracy then says little, and rare classes are not learned.
/// </summary>
public sealed class ClassImbalanceRule() : Rule("class imbalance", QuantityNames.ClassImbalance, persistence: 1)
{
    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var imbalance = history.Find(QuantityNames.ClassImbalance)!;
        if (imbalance.Last.Value > 10)
        {
            yield return new Signal("", Severity.Warning, Text($"The most frequent class has {imbalance.Last.Value:F0} times the images of the rarest."),
                "Weight the loss by class, draw rare classes more often, and look at the accuracy of each class.", Latest(QuantityNames.ClassImbalance, "", imbalance));
        }
    }
}
