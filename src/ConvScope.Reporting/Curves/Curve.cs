using System.Globalization;
using ConvScope.Records.Recording;

namespace ConvScope.Reporting.Curves;

/// <summary>
/// A series as it is drawn. Few readings are all there; of more, each pixel has the mean, the least and the largest of its readings, and the mean of what they are smoothed to: means stay true and
/// extremes are seen. All are smoothed before any is thinned.
/// </summary>
internal sealed record Curve
{
    /// <summary>Pixels of a curve where nobody says how many: more than a screen shows.</summary>
    public const int UsualPoints = 2000;

    /// <summary>Most gaps that are told one by one.</summary>
    public const int MostGaps = 32;

    /// <summary>Steps, ascending: of a pixel the mean of its readings' steps.</summary>
    public required IReadOnlyList<double> Step { get; init; }

    /// <summary>Values; null where there is a gap: a reading there was not finite.</summary>
    public required IReadOnlyList<double?> Value { get; init; }

    /// <summary>The least reading of each pixel; null where all readings are there.</summary>
    public IReadOnlyList<float?>? Low { get; init; }

    /// <summary>The largest reading of each pixel; null where all readings are there.</summary>
    public IReadOnlyList<float?>? High { get; init; }

    /// <summary>Number of readings of each pixel; null where all readings are there.</summary>
    public IReadOnlyList<int>? Count { get; init; }

    /// <summary>Smoothed values by the factor, such as <c>0.9</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<float?>> Smooth { get; init; } = new Dictionary<string, IReadOnlyList<float?>>();

    /// <summary>Number of readings of the whole series.</summary>
    public int Readings { get; init; }

    /// <summary>Step of the series' first reading; null where there is none.</summary>
    public long? First { get; init; }

    /// <summary>Step of its last reading.</summary>
    public long? Last { get; init; }

    /// <summary>Value of its last reading.</summary>
    public double LastValue { get; init; }

    /// <summary>Least, mean and largest distance between readings, in steps; null where there are not two.</summary>
    public IReadOnlyList<double>? Distances { get; init; }

    /// <summary>Where readings were not finite, at most <see cref="MostGaps"/>, the last among them.</summary>
    public IReadOnlyList<CurveGap> Gaps { get; init; } = [];

    /// <summary>Name of a factor in <see cref="Smooth"/>.</summary>
    public static string NameOf(double factor) => factor.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>Makes a curve.</summary>
    /// <param name="readings">All readings of the series in the order of their steps.</param>
    /// <param name="points">Pixels, at least 3.</param>
    /// <param name="factors">How it is smoothed, each 0 to <see cref="Smoothing.LargestFactor"/>.</param>
    /// <param name="from">First step that is wanted; null for the first that there is.</param>
    /// <param name="to">Last step that is wanted; null for the last that there is.</param>
    public static Curve Of(IReadOnlyList<Reading> readings, int points, IReadOnlyList<double> factors, double? from = null, double? to = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 3);
        var smooth = factors.Select(factor => Smoothing.Apply(readings, factor)).ToArray();
        var (start, end) = Part(readings, from, to);
        var pixels = end - start <= points ? new CurvePixels(readings, smooth, start, end) : new CurvePixels(readings, smooth, start, end, points);
        return new Curve
        {
            Step = pixels.Step,
            Value = pixels.Value,
            Low = pixels.Low,
            High = pixels.High,
            Count = pixels.Count,
            Smooth = factors.Zip(pixels.Smooth).ToDictionary(pair => NameOf(pair.First), pair => (IReadOnlyList<float?>)pair.Second),
            Readings = readings.Count,
            First = readings.Count > 0 ? readings[0].Step : null,
            Last = readings.Count > 0 ? readings[^1].Step : null,
            LastValue = readings.Count > 0 ? readings[^1].Value : double.NaN,
            Distances = DistancesOf(readings),
            Gaps = GapsOf(readings),
        };
    }

    /// <summary>The readings between two steps and one more at each side, so that lines run to the edges.</summary>
    private static (int Start, int End) Part(IReadOnlyList<Reading> readings, double? from, double? to)
    {
        int start = 0, end = readings.Count;
        if (from is { } least)
            start = Math.Max(0, Before(readings, least) - 1);
        if (to is { } most)
            end = Math.Min(readings.Count, Before(readings, Math.BitIncrement(most)) + 1);
        return (start, Math.Max(start, end));
    }

    /// <summary>Number of readings before a step.</summary>
    private static int Before(IReadOnlyList<Reading> readings, double step)
    {
        int low = 0, high = readings.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (readings[middle].Step < step)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private static double[]? DistancesOf(IReadOnlyList<Reading> readings)
    {
        if (readings.Count < 2)
            return null;
        long least = long.MaxValue, most = 0;
        for (var i = 1; i < readings.Count; i++)
        {
            var distance = readings[i].Step - readings[i - 1].Step;
            (least, most) = (Math.Min(least, distance), Math.Max(most, distance));
        }

        return [least, (double)(readings[^1].Step - readings[0].Step) / (readings.Count - 1), most];
    }

    private static List<CurveGap> GapsOf(IReadOnlyList<Reading> readings)
    {
        var gaps = new List<CurveGap>();
        for (var i = 0; i < readings.Count; i++)
        {
            if (double.IsFinite(readings[i].Value))
                continue;
            var first = i;
            while (i + 1 < readings.Count && !double.IsFinite(readings[i + 1].Value))
                i++;
            if (gaps.Count == MostGaps)
                gaps.RemoveAt(MostGaps - 1);
            var value = readings[first].Value;
            var what = double.IsNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
            gaps.Add(new CurveGap(readings[first].Step, readings[i].Step, i + 1 - first, what, i + 1 == readings.Count));
        }

        return gaps;
    }
}
