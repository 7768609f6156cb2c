namespace ConvScope.Records.Recording;

/// <summary>All values measured at one step, on their way to the record.</summary>
/// <param name="Step">Optimizer update, from 0.</param>
/// <param name="Epoch">Epoch of the step, from 1.</param>
/// <param name="Seconds">Seconds since the training started.</param>
/// <param name="Values">What was measured. Two entries of one series at one step are not allowed: the first is kept.</param>
public sealed record StepReadings(long Step, int Epoch, double Seconds, IReadOnlyList<(Series Series, double Value)> Values)
{
    /// <summary>The histograms of the step: name, target and counts over the bins of <see cref="HistogramBins"/>.</summary>
    public IReadOnlyList<(string Name, string Target, long[] Counts)> Histograms { get; init; } = [];

    /// <summary>
    /// What the training itself found at the step, such as a loss that is not finite, which no rule has to find any more; null for nothing.
    /// </summary>
    public Finding? Finding { get; init; }
}
