using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis;

/// <summary>What a rule sees at one moment. It becomes a finding where it persists.</summary>
/// <param name="Target">Layer or parameter that is concerned; empty for the whole network.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Message">What was seen, in one sentence with numbers.</param>
/// <param name="Advice">What to try.</param>
/// <param name="Evidence">The readings that it rests on.</param>
public sealed record Signal(string Target, Severity Severity, string Message, string Advice, params IReadOnlyList<Evidence> Evidence);
