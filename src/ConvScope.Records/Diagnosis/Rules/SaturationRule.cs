using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// Sigmoid or tanh layers most of whose outputs lie at the flat ends, where no gradient passes. It counts only while the network does not learn.
/// </summary>
public sealed class SaturationRule() : Rule("saturation", QuantityNames.OutputSaturation, persistence: 2)
{
    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.HasLearned)
            yield break;
        foreach (var (layer, trace) in history.All(QuantityNames.OutputSaturation))
        {
            if (trace.Last.Value > 0.5)
            {
                yield return new Signal(layer, trace.Last.Value > 0.9 ? Severity.Failure : Severity.Warning, Text($"{trace.Last.Value:P0} of the outputs of {layer} lie at the flat ends of its function."),
                    "Scale the inputs, initialise with smaller weights, use ReLU or batch normalisation.", Latest(QuantityNames.OutputSaturation, layer, trace));
            }
        }
    }
}
