using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// A gradient, all parameters together, that is suddenly more than ten times the median of the readings before, or grows without end.
/// </summary>
public sealed class ExplodingGradientRule() : Rule("exploding gradient", QuantityNames.GradientNorm)
{
    private const double Huge = 1e3;

    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var norms = history.All(QuantityNames.GradientNorm).Select(entry => entry.Trace.Latest(30)).Where(values => values.Length > 0).ToArray();
        var count = norms.Length == 0 ? 0 : norms.Min(values => values.Length);
        if (count < 6 || history.HasLearned && history.Find(QuantityNames.Loss) is { } loss && loss.Median(5) < 2 * loss.LowestSmoothed + 0.1)
            yield break;
        double[] total = [.. Enumerable.Range(1, count).Select(back => Math.Sqrt(norms.Sum(values => values[^back] * values[^back]))).Reverse()];
        var before = Trace.Median(total[..^3]);
        var now = total[^3..].Min();
        if (now > 10 * before && now > 1)
        {
            yield return new Signal("", Severity.Failure, Text($"The gradient's norm is {Number(now)}; the readings before had {Number(before)}."),
                "Clip gradients, lower the learning rate, or use batch normalisation.");
        }
        else if (total[^3..].Min() > Huge)
        {
            yield return new Signal("", Severity.Failure, Text($"The gradient's norm is {Number(now)}, and the network does not learn."),
                "Initialise with smaller weights, scale the inputs, clip gradients, or lower the learning rate.");
        }
    }
}
