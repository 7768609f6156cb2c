using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// Validation images that are in the training set too: what is measured on them says nothing about new images.
/// </summary>
public sealed class SharedImagesRule() : Rule("shared images", QuantityNames.SharedImages, persistence: 1)
{
    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var shared = history.Find(QuantityNames.SharedImages)!;
        if (shared.Last.Value > 0.01)
        {
            yield return new Signal("", shared.Last.Value > 0.5 ? Severity.Failure : Severity.Warning, Text($"{shared.Last.Value:P1} of the validation images are in the training set too, pixel for pixel."),
                "Split the data so that no image is in both sets.", Latest(QuantityNames.SharedImages, "", shared));
        }
    }
}
