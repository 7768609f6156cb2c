using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// Weights that all start with the same value, zero or another: nothing tells the units apart. Seen after the first update: the weights' spread is below 1 % of their mean, or their
/// norm is their very distance from where they started. Where that update was so large that any start is lost in its rounding, nothing is
/// said.
/// </summary>
public sealed class ConstantInitializationRule() : Rule("constant initialization", QuantityNames.UnitSimilarity, persistence: 1)
{
    private const double Drowned = 1; // spread after one update: random starts are a tenth of it and less

    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        foreach (var (name, trace) in history.All(QuantityNames.UnitSimilarity))
        {
            if (trace.Count > 1 || First(history, QuantityNames.WeightStandardDeviation, name) is not { } spread || First(history, QuantityNames.WeightMean, name) is not { } mean
                || First(history, QuantityNames.WeightNorm, name) is not { } norm || First(history, QuantityNames.DistanceFromInitialization, name) is not { } distance)
                continue;
            if (spread < 0.01 * Math.Abs(mean) || (spread < Drowned && Math.Abs(norm - distance) <= 1e-6 * distance))
            {
                yield return new Signal(name, Severity.Failure, Text($"All weights of {name} start with the same value, {(spread < 0.01 * Math.Abs(mean) ? Number(mean) : "0")}."),
                    "Initialise with random weights.", new Evidence(QuantityNames.WeightStandardDeviation, name, trace.First.Step, spread));
            }
        }
    }

    private static double? First(History history, string quantity, string name) => history.Find(quantity, name)?.First.Value;
}
