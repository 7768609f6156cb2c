using System.Globalization;

namespace ConvScope.Records.Recording;

/// <summary>What a rule concluded about a training, with the numbers that it rests on.</summary>
/// <param name="Rule">Name of the rule, such as <c>vanishing gradient</c>.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Target">Layer or parameter that is concerned; empty for the whole network.</param>
/// <param name="FirstStep">First step at which the signal was seen.</param>
/// <param name="Step">Step at which it was concluded; the last one of a later, worse conclusion.</param>
/// <param name="Message">What was seen, in one sentence with numbers.</param>
/// <param name="Advice">What to try.</param>
public sealed record Finding(string Rule, Severity Severity, string Target, long FirstStep, long Step, string Message, string Advice)
{
    /// <summary>The readings that the conclusion rests on; each series can be read from the record.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>The finding in one line: <c>failure: non-finite: …</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Severity.ToString().ToLowerInvariant()}: {Rule}{(Target.Length == 0 ? "" : $" in {Target}")}, from step {FirstStep}: {Message} {Advice}");
}
