namespace ConvScope.Reporting.Comparison;

/// <summary>One pair of elements.</summary>
/// <param name="Index">Index of the elements, row-major.</param>
/// <param name="First">The first tensor's.</param>
/// <param name="Second">The second tensor's.</param>
public readonly record struct ScatterPoint(int Index, float First, float Second);
