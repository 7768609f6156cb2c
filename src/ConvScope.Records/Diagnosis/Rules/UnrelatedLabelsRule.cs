using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// Labels that have nothing to do with their images: the nearest other image has the same label no more often than chance would have it, by three standard deviations.
/// </summary>
public sealed class UnrelatedLabelsRule() : Rule("unrelated labels", QuantityNames.NeighbourAgreement, persistence: 1)
{
    private const int Compared = 1024;

    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        double agreement = history.Find(QuantityNames.NeighbourAgreement)!.Last.Value, chance = history.Find(QuantityNames.ChanceAgreement)!.Last.Value;
        if (chance < 0.9 && agreement < chance + 3 * Math.Sqrt(chance * (1 - chance) / Compared))
        {
            yield return new Signal("", Severity.Warning, Text($"The most similar image has the same label in {agreement:P1} of the cases; chance alone gives {chance:P1}."),
                "Check that images and labels are read in the same order.", Latest(QuantityNames.NeighbourAgreement, "", history.Find(QuantityNames.NeighbourAgreement)!));
        }
    }
}
