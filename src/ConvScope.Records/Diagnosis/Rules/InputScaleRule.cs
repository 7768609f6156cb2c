using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// Inputs of the network, after its normalisation, that are far from about −1 to 1: raw bytes, for example.
/// </summary>
public sealed class InputScaleRule() : Rule("input scale", QuantityNames.OutputStandardDeviation, persistence: 1)
{
    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.Facts.Layers is [_, { Kind: "Embedding" or "EmbeddingBag" }, ..]) // numbers of words, not pixels
            yield break;
        if (history.Find(QuantityNames.OutputStandardDeviation, SnapshotArrays.Input) is not { } spread || history.Find(QuantityNames.OutputMean, SnapshotArrays.Input) is not { } mean)
            yield break;
        var (level, width) = (Math.Abs(mean.Last.Value), spread.Last.Value);
        if (width > 10 || level > 10)
        {
            yield return new Signal("", Severity.Warning, Text($"The network's inputs have mean {Number(mean.Last.Value)} and standard deviation {Number(width)}; about 0 and 1 are usual."),
                "Scale the pixels, and subtract their mean.", Latest(QuantityNames.OutputMean, SnapshotArrays.Input, mean), Latest(QuantityNames.OutputStandardDeviation, SnapshotArrays.Input, spread));
        }
        else if (width < 1e-2)
        {
            yield return new Signal("", Severity.Warning, Text($"The network's inputs hardly differ: their standard deviation is {Number(width)}; about 1 is usual."),
                "Scale the pixels so that they fill about −1 to 1.", Latest(QuantityNames.OutputStandardDeviation, SnapshotArrays.Input, spread));
        }
    }
}
