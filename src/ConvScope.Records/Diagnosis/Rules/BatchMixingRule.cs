using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// Outputs for an image that depend on the other images of its batch, in evaluation mode: axes are mixed up.
/// </summary>
public sealed class BatchMixingRule() : Rule("batch mixing", QuantityNames.BatchMixing, persistence: 1)
{
    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var mixing = history.Find(QuantityNames.BatchMixing)!;
        if (mixing.Last.Value > 0.001)
        {
            yield return new Signal("", Severity.Failure, Text($"The outputs for an image change by {mixing.Last.Value:P1} of the largest output when the rest of its batch changes."),
                "Look for a reshape or transpose that mixes the batch axis with another.", Latest(QuantityNames.BatchMixing, "", mixing));
        }
    }
}
