using System.Globalization;

namespace ConvScope.Reporting.Figures;

/// <summary>Numbers that a figure prints of a tensor. Values that are no finite numbers are counted apart and left out of the rest.</summary>
/// <param name="Minimum">Smallest value.</param>
/// <param name="Mean">Mean value.</param>
/// <param name="StandardDeviation">Population standard deviation.</param>
/// <param name="Maximum">Largest value.</param>
/// <param name="NearZeroShare">Share of values with a magnitude below 0.001.</param>
/// <param name="NonFinite">Number of NaN and infinities.</param>
/// <param name="Limit">End of the colour scale: the 99.5th percentile of the magnitudes, or the largest where that is 0.</param>
/// <param name="ClippedShare">Share of values beyond the colour scale.</param>
internal sealed record TensorStatistics(
    double Minimum, double Mean, double StandardDeviation, double Maximum, double NearZeroShare, long NonFinite, float Limit, double ClippedShare)
{
    private const double NearZero = 0.001;
    private const double LimitPercentile = 0.995;

    /// <summary>Measures values; all numbers are 0 where none is finite.</summary>
    public static TensorStatistics Measure(ReadOnlySpan<float> values)
    {
        var magnitudes = new List<float>(values.Length);
        double sum = 0, squares = 0, minimum = double.PositiveInfinity, maximum = double.NegativeInfinity;
        var nearZero = 0L;
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
                continue;
            magnitudes.Add(Math.Abs(value));
            sum += value;
            squares += (double)value * value;
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
            nearZero += Math.Abs(value) < NearZero ? 1 : 0;
        }

        var count = magnitudes.Count;
        if (count == 0)
            return new TensorStatistics(0, 0, 0, 0, 0, values.Length, 0, 0);
        magnitudes.Sort();
        var limit = Percentile(magnitudes, LimitPercentile) is > 0 and var percentile ? percentile : magnitudes[^1];
        var mean = sum / count;
        var clipped = magnitudes.Count(magnitude => magnitude > limit);
        return new TensorStatistics(
            minimum, mean, Math.Sqrt(Math.Max(0, squares / count - mean * mean)), maximum, (double)nearZero / count, values.Length - count, limit, (double)clipped / count);
    }

    /// <summary>A percentile of sorted values, interpolated linearly between ranks.</summary>
    /// <param name="sorted">Values in ascending order, at least one.</param>
    /// <param name="share">0 for the smallest, 1 for the largest.</param>
    public static float Percentile(IReadOnlyList<float> sorted, double share)
    {
        var rank = share * (sorted.Count - 1);
        var below = (int)rank;
        var above = Math.Min(below + 1, sorted.Count - 1);
        return (float)(sorted[below] + (sorted[above] - (double)sorted[below]) * (rank - below));
    }

    /// <summary>The statistics in one line.</summary>
    public override string ToString()
    {
        var line = string.Create(CultureInfo.InvariantCulture,
            $"min {Minimum:G3}   mean {Mean:G3}   std {StandardDeviation:G3}   max {Maximum:G3}   |w| < {NearZero}: {NearZeroShare:P1}");
        return NonFinite == 0 ? line : line + string.Create(CultureInfo.InvariantCulture, $"   not finite: {NonFinite:N0}");
    }
}
