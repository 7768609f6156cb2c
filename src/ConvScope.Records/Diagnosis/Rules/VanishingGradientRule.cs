using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// Gradients that shrink towards the first layers. Compared is ‖g‖ / ‖W‖, medians of five readings, of the first weight with the last one: never an absolute size, which falls in every
/// network that has learned. Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010; AutoTrainer's threshold.
/// </summary>
public sealed class VanishingGradientRule() : Rule("vanishing gradient", QuantityNames.GradientNorm)
{
    private const long FirstLook = 30;
    private const double Limit = 1e-3;
    private const double Nothing = 1e-7;

    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var ratios = Ratios(history);
        if (ratios.Count < 2 || history.HasLearned || history.Step < FirstLook)
            yield break;
        var (first, last) = (ratios[0], ratios[^1]);
        if (last.Ratio > 0 && first.Ratio < Limit * last.Ratio)
        {
            yield return new Signal(first.Name, Severity.Failure,
                Text($"Relative to its weights the gradient of {first.Name} is {Number(first.Ratio)}, that of {last.Name} {Number(last.Ratio)}: {Number(first.Ratio / last.Ratio)} of it."),
                "Use ReLU in place of sigmoid or tanh, batch normalisation, He or Glorot initialisation, or skip connections.",
                Latest(QuantityNames.GradientNorm, first.Name, history.Find(QuantityNames.GradientNorm, first.Name)!),
                Latest(QuantityNames.GradientNorm, last.Name, history.Find(QuantityNames.GradientNorm, last.Name)!));
        }
        else if (ratios.All(weight => weight.Ratio < Nothing))
        {
            yield return new Signal("", Severity.Failure, Text($"No weight gets a gradient worth the name: the largest is {Number(ratios.Max(weight => weight.Ratio))} of its weight."),
                "Look for dead units, a saturated output or a loss that does not depend on the network.", Latest(QuantityNames.GradientNorm, first.Name, history.Find(QuantityNames.GradientNorm, first.Name)!));
        }
    }

    private static List<(string Name, double Ratio)> Ratios(History history)
    {
        var ratios = new List<(string, double)>();
        foreach (var name in history.Weights)
        {
            if (history.Find(QuantityNames.GradientNorm, name) is { } gradient && history.Find(QuantityNames.WeightNorm, name) is { } weight && weight.Median(5) > 0)
                ratios.Add((name, gradient.Median(5) / weight.Median(5)));
        }

        return ratios;
    }
}
