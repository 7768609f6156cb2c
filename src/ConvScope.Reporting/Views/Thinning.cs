using ConvScope.Records.Recording;

namespace ConvScope.Reporting.Views;

/// <summary>
/// Thins a long series to what a screen shows: of each stretch the reading that spans the largest triangle with the one kept before it and the mean of the next stretch (LTTB).
/// First and last are kept; readings are never averaged. Source: Steinarsson, "Downsampling Time Series for Visual Representation", 2013, section 4.2.
/// </summary>
internal static class Thinning
{
    /// <summary>At most <paramref name="most"/> of the readings, in their order. Of readings that are not finite as many are kept as fall on every n-th, so that gaps are seen.</summary>
    /// <param name="readings">Readings in the order of their steps.</param>
    /// <param name="most">At least 3.</param>
    public static IReadOnlyList<Reading> LargestTriangles(IReadOnlyList<Reading> readings, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 3);
        if (readings.Count <= most)
            return readings;
        var finite = readings.Where(reading => double.IsFinite(reading.Value)).ToArray();
        var gaps = readings.Where(reading => !double.IsFinite(reading.Value)).ToArray();
        var gapsKept = Math.Min(gaps.Length, most / 4);
        var kept = gaps.Where((_, index) => (long)index * gapsKept / Math.Max(1, gaps.Length) != (long)(index - 1) * gapsKept / Math.Max(1, gaps.Length) || index == 0).Take(gapsKept);
        return [.. Thin(finite, most - gapsKept).Concat(kept).OrderBy(reading => reading.Step)];
    }

    private static IEnumerable<Reading> Thin(Reading[] readings, int most)
    {
        if (readings.Length <= most)
        {
            foreach (var reading in readings)
                yield return reading;
            yield break;
        }

        var kept = readings[0];
        yield return kept;
        var width = (double)(readings.Length - 2) / (most - 2);
        int Start(int stretch) => 1 + (int)(stretch * width);
        for (var stretch = 0; stretch < most - 2; stretch++)
        {
            int start = Start(stretch), end = Start(stretch + 1), nextEnd = Math.Min(readings.Length, stretch == most - 3 ? end + 1 : Start(stretch + 2));
            double step = 0, value = 0;
            for (var i = end; i < nextEnd; i++)
                (step, value) = (step + readings[i].Step, value + readings[i].Value);
            (step, value) = (step / (nextEnd - end), value / (nextEnd - end));
            kept = readings.AsSpan(start, end - start).ToArray().MaxBy(reading =>
                Math.Abs((kept.Step - step) * (reading.Value - kept.Value) - (kept.Step - reading.Step) * (value - kept.Value)));
            yield return kept;
        }

        yield return readings[^1];
    }
}
