using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// Two units of a layer with the same weights: they get the same gradients and stay the same, so that the layer is narrower than it looks.
/// </summary>
public sealed class SymmetryRule() : Rule("symmetry", QuantityNames.UnitSimilarity, persistence: 2)
{
    private const long FirstLook = 10;
    private const double Same = 0.9999;

    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        foreach (var (name, trace) in history.All(QuantityNames.UnitSimilarity))
        {
            if (history.Step >= FirstLook && trace.Last.Value > Same)
            {
                yield return new Signal(name, history.HasLearned ? Severity.Warning : Severity.Failure, Text($"Two units of {name} have weights with a cosine of {trace.Last.Value:F5}."),
                    "Initialise with random weights.", Latest(QuantityNames.UnitSimilarity, name, trace));
            }
        }
    }
}
