namespace ConvScope.Records.Recording;

/// <summary>What is known of a parameter beside its values.</summary>
/// <param name="Kind">Type of the module that it belongs to, such as <c>Conv2d</c>.</param>
/// <param name="Axes">Number of its axes.</param>
public sealed record ParameterFact(string Kind, int Axes);
