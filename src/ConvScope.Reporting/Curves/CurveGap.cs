namespace ConvScope.Reporting.Curves;

/// <summary>Readings one after another that are not finite.</summary>
/// <param name="Step">Step of the first.</param>
/// <param name="Until">Step of the last.</param>
/// <param name="Count">Their number.</param>
/// <param name="What">What the first is: <c>NaN</c>, <c>∞</c> or <c>−∞</c>.</param>
/// <param name="IsEnd">Whether no finite reading comes after.</param>
internal sealed record CurveGap(long Step, long Until, int Count, string What, bool IsEnd);
