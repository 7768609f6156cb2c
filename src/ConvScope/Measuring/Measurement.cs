using ConvScope.Quantities;
using ConvScope.Records.Recording;

namespace ConvScope.Measuring;

/// <summary>What one step's measurement gave, as plain values.</summary>
/// <param name="Scalars">Numbers: quantity, target and value, in the order in which they were measured.</param>
/// <param name="Histograms">Counts over the bins of <see cref="HistogramBins"/>: name, target and counts.</param>
internal sealed record Measurement(
    IReadOnlyList<(Quantity Quantity, string Target, double Value)> Scalars, IReadOnlyList<(string Name, string Target, long[] Counts)> Histograms);
