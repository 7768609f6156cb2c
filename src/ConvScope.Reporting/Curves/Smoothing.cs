using ConvScope.Records.Recording;

namespace ConvScope.Reporting.Curves;

/// <summary>
/// The one smoother of figures, page and report: an exponential mean over steps, of all readings, debiased. What came one mean distance between readings before counts <c>factor</c> times as much, and
/// a reading counts for the steps since the one before it: <c>k = factor^(distance / mean distance)</c>, <c>m ← k m + (1 − k) y</c>, <c>w ← k w + (1 − k)</c>, smoothed <c>m / w</c>.
/// Where readings lie equally far apart that is TensorBoard's smoothing, number by number.
/// </summary>
internal static class Smoothing
{
    /// <summary>The factor that nobody chose.</summary>
    public const double DefaultFactor = 0.9;

    /// <summary>Largest factor: above it a curve hardly moves.</summary>
    public const double LargestFactor = 0.999;

    /// <summary>The factors at which the slider of a report stops: a file has no server that could smooth for any other.</summary>
    public static IReadOnlyList<double> Stops { get; } = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99];

    /// <summary>Whether single readings of a quantity jump so much that a smoothed curve says more: what is measured of one batch.</summary>
    public static bool Suits(Series series) => series.Unit != Series.HistogramUnit
        && series.Quantity is QuantityNames.Loss or QuantityNames.Accuracy or QuantityNames.UpdateRatio or QuantityNames.GradientNorm or QuantityNames.GradientMean;

    /// <summary>Smooths readings.</summary>
    /// <param name="readings">All readings of a series in the order of their steps.</param>
    /// <param name="factor">0 for none, to <see cref="LargestFactor"/>.</param>
    /// <returns>A value for each reading; NaN where it is not finite: it does not enter the mean.</returns>
    public static double[] Apply(IReadOnlyList<Reading> readings, double factor)
    {
        if (factor is not (>= 0 and <= LargestFactor))
            throw new ArgumentOutOfRangeException(nameof(factor), factor, $"factor must be 0 to {LargestFactor}.");
        var unit = MeanDistance(readings);
        var smooth = new double[readings.Count];
        double mean = 0, weight = 0;
        long? before = null;
        for (var i = 0; i < smooth.Length; i++)
        {
            var (step, _, value) = readings[i];
            if (!double.IsFinite(value))
            {
                smooth[i] = double.NaN;
                continue;
            }

            var kept = Math.Pow(factor, before is { } last ? (step - last) / unit : 1);
            before = step;
            weight = kept * weight + (1 - kept);
            mean += (1 - kept) / weight * (value - mean); // a constant stays exactly what it is, so that no axis zooms into rounding
            smooth[i] = mean;
        }

        return smooth;
    }

    /// <summary>Mean distance between finite readings, in steps; 1 where there are not two.</summary>
    public static double MeanDistance(IReadOnlyList<Reading> readings)
    {
        var count = 0;
        long first = 0, last = 0;
        foreach (var (step, _, value) in readings)
        {
            if (!double.IsFinite(value))
                continue;
            first = count++ == 0 ? step : first;
            last = step;
        }

        return count > 1 && last > first ? (double)(last - first) / (count - 1) : 1;
    }
}
