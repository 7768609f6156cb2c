namespace ConvScope.Records.Recording;

/// <summary>One reading that a finding rests on.</summary>
/// <param name="Quantity">Name of the quantity.</param>
/// <param name="Target">Parameter or layer; empty for the whole network.</param>
/// <param name="Step">The step.</param>
/// <param name="Value">The value.</param>
public sealed record Evidence(string Quantity, string Target, long Step, double Value);
