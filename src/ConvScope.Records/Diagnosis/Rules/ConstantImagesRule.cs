using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// Images whose pixels are all the same: they were lost on the way.
/// </summary>
public sealed class ConstantImagesRule() : Rule("constant images", QuantityNames.ConstantImages, persistence: 1)
{
    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var constant = history.Find(QuantityNames.ConstantImages)!;
        if (constant.Last.Value > 0.05)
        {
            yield return new Signal("", constant.Last.Value > 0.5 ? Severity.Failure : Severity.Warning, Text($"{constant.Last.Value:P0} of the images have one value in all pixels."),
                "Look at how the images are read.", Latest(QuantityNames.ConstantImages, "", constant));
        }
    }
}
