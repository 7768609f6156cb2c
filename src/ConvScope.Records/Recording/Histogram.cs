namespace ConvScope.Records.Recording;

/// <summary>One histogram of a series.</summary>
/// <param name="Step">The step.</param>
/// <param name="Epoch">Its epoch, from 1.</param>
/// <param name="Counts">Counts over the bins of <see cref="HistogramBins"/>.</param>
public sealed record Histogram(long Step, int Epoch, IReadOnlyList<long> Counts);
