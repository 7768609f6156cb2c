using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// Updates that are far too large or too small for the weights that they change: the median of ‖ΔW‖ / ‖W‖ over the weights lies about 10⁻³ in a training that goes well.
/// It counts only while the network does not learn. Source: Stanford CS231n, "Ratio of weights:updates".
/// </summary>
public sealed class UpdateRatioRule() : Rule("update ratio", QuantityNames.UpdateRatio)
{
    private const long FirstLook = 50;
    private const double Large = 0.05;
    private const double Small = 2e-5;

    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.HasLearned || history.Step < FirstLook)
            yield break;
        var weights = history.Weights.Select(name => (Name: name, Trace: history.Find(QuantityNames.UpdateRatio, name))).Where(entry => entry.Trace is not null).ToArray();
        if (weights.Length == 0)
            yield break;
        var ratio = Trace.Median([.. weights.Select(entry => entry.Trace!.Median(5))]);
        if (ratio > Large)
        {
            yield return new Signal("", ratio > 1 ? Severity.Failure : Severity.Warning, Text($"An update changes the weights by {Number(ratio)} of their size (median over the weights), and the network does not learn; 0.001 is usual."),
                "Divide the learning rate by ten.", [.. weights.Select(entry => Latest(QuantityNames.UpdateRatio, entry.Name, entry.Trace!))]);
        }
        else if (ratio is > 0 and < Small)
        {
            yield return new Signal("", ratio < Small / 100 ? Severity.Failure : Severity.Warning, Text($"An update changes the weights by {Number(ratio)} of their size (median over the weights), and the network does not learn; 0.001 is usual."),
                "Multiply the learning rate by ten, or look at what clips the gradients.", [.. weights.Select(entry => Latest(QuantityNames.UpdateRatio, entry.Name, entry.Trace!))]);
        }
    }
}
