namespace ConvScope.Records.Recording;

/// <summary>A part of an inspection that failed and was left out from then on; the rest of it, and the training, went on.</summary>
/// <param name="Part">What it is, such as <c>the quantity 'gradient norm'</c>.</param>
/// <param name="Step">The step at which it failed; −1 before the first.</param>
/// <param name="Reason">Why.</param>
public sealed record LeftOutPart(string Part, long Step, string Reason);
