using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// A parameter that starts with whatever its memory held, because nobody set it: TorchSharp 0.107's <c>GroupNorm</c> leaves weight and bias
/// so, and so does <c>torch.empty</c> in a module of one's own. Seen before the first step in values that no initialiser gives: NaN,
/// infinite, absurdly large beside the others, or, in a network that has learned nothing yet, denormal. Memory that held zeros or usual
/// numbers looks as if it had been set; there is no finding then.
/// </summary>
public sealed class UninitializedParameterRule() : Rule("uninitialized parameter", QuantityNames.InitialNonFinite, persistence: 1)
{
    private const double Absurd = 1e30; // whatever the others are
    private const double Spread = 1e6; // of the largest value, if it is above the usual, to the smallest
    private const double ManyDenormals = 0.25; // every other half of an address is denormal; of weights that decayed it is fewer

    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        foreach (var (name, trace) in history.All(QuantityNames.InitialNonFinite))
        {
            var nonFinite = trace.First.Value;
            var smallest = First(history, QuantityNames.InitialSmallest, name);
            var largest = First(history, QuantityNames.InitialLargest, name);
            var denormals = First(history, QuantityNames.InitialDenormals, name);
            var isCertain = nonFinite > 0 || largest > Absurd || (largest > ValueScan.Usual && largest > Spread * smallest);
            if (!isCertain && denormals < ManyDenormals)
                continue;
            var fact = history.Facts.Parameters.GetValueOrDefault(name);
            var owner = fact is null ? "" : $" of {fact.Kind}{(name.LastIndexOf('.') is > 0 and var dot ? $" '{name[..dot]}'" : "")}";
            var known = fact?.Kind == "GroupNorm" ? " TorchSharp's GroupNorm leaves weight and bias as their memory was." : "";
            yield return new Signal(name, isCertain ? Severity.Failure : Severity.Warning,
                $"{name}{owner} holds values that nobody set: {Values(nonFinite, smallest, largest, denormals)}.",
                $"Set it before the training: {Cure(name, fact)}.{known}", Latest(QuantityNames.InitialNonFinite, name, trace));
        }
    }

    private static double First(History history, string quantity, string name) => history.Find(quantity, name)?.First.Value ?? 0;

    private static string Values(double nonFinite, double smallest, double largest, double denormals)
    {
        var range = smallest < largest ? $"from {Number(smallest)} to {Number(largest)}" : Number(largest);
        return string.Join(", ", new[]
        {
            nonFinite > 0 ? Text($"{nonFinite:F0} of them NaN or infinite") : null,
            largest > 0 ? $"{(nonFinite > 0 ? "the others " : "")}{range} in magnitude" : null,
            denormals > 0 ? Text($"{denormals:P0} of those that are not zero denormal") : null,
        }.OfType<string>());
    }

    private static string Cure(string name, ParameterFact? fact) => fact switch
    {
        _ when name.EndsWith("bias", StringComparison.Ordinal) => $"init.zeros_({name})",
        { Kind: "PReLU" } => $"init.constant_({name}, 0.25)",
        _ when fact?.Kind.Contains("Norm", StringComparison.Ordinal) == true => $"init.ones_({name})",
        { Axes: < 2 } => $"init.ones_({name}) if it scales, init.zeros_({name}) if it is added",
        _ => $"init.kaiming_uniform_({name}), say",
    };
}
