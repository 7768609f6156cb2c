using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// Batches of a single class, in a training set of several: the images are sorted by class and are not shuffled.
/// </summary>
public sealed class UnshuffledRule() : Rule("not shuffled", QuantityNames.DominantClass)
{
    private const long FewestImages = 8; // fewer are of one class by chance

    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var dominant = history.Find(QuantityNames.DominantClass)!;
        if (dominant.Count >= 5 && history.Facts is { ClassCount: >= 2, BatchSize: >= FewestImages } && dominant.Median(10) > 0.95)
        {
            yield return new Signal("", Severity.Warning, Text($"{dominant.Median(10):P0} of a batch belong to one class (median)."),
                "Shuffle the images in each epoch.", Latest(QuantityNames.DominantClass, "", dominant));
        }
    }
}
