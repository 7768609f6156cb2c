using System.Globalization;
using ConvScope.Records.Recording;

namespace ConvScope.Reporting.Curves;

/// <summary>The columns of a curve while it is made: reading by reading, or pixel by pixel.</summary>
internal sealed class CurvePixels
{
    private readonly IReadOnlyList<Reading> _readings;
    private readonly IReadOnlyList<double[]> _smooth;
    private readonly List<double> _step = [];
    private readonly List<double?> _value = [];
    private readonly List<float?> _low = [], _high = [];
    private readonly List<int> _count = [];

    /// <summary>All readings of a part.</summary>
    public CurvePixels(IReadOnlyList<Reading> readings, IReadOnlyList<double[]> smooth, int start, int end)
        : this(readings, smooth)
    {
        for (var i = start; i < end; i++)
            AddReading(i);
    }

    /// <summary>Means and extremes of a part, a column of equal width each.</summary>
    public CurvePixels(IReadOnlyList<Reading> readings, IReadOnlyList<double[]> smooth, int start, int end, int points)
        : this(readings, smooth)
    {
        var first = readings[start].Step;
        var width = (readings[end - 1].Step - first + 1.0) / points;
        for (int from = start, to; from < end; from = to)
        {
            var pixel = (int)((readings[from].Step - first) / width);
            to = from + 1;
            while (to < end && (int)((readings[to].Step - first) / width) == pixel)
                to++;
            AddPixel(from, to);
        }

        (Low, High, Count) = (_low, _high, _count);
    }

    private CurvePixels(IReadOnlyList<Reading> readings, IReadOnlyList<double[]> smooth) =>
        (_readings, _smooth, Smooth) = (readings, smooth, [.. smooth.Select(_ => new List<float?>())]);

    /// <inheritdoc cref="Curve.Step" />
    public IReadOnlyList<double> Step => _step;

    /// <inheritdoc cref="Curve.Value" />
    public IReadOnlyList<double?> Value => _value;

    /// <inheritdoc cref="Curve.Low" />
    public IReadOnlyList<float?>? Low { get; }

    /// <inheritdoc cref="Curve.High" />
    public IReadOnlyList<float?>? High { get; }

    /// <inheritdoc cref="Curve.Count" />
    public IReadOnlyList<int>? Count { get; }

    /// <summary>Smoothed values, a column for each factor.</summary>
    public IReadOnlyList<List<float?>> Smooth { get; }

    private void AddReading(int at)
    {
        var (step, _, value) = _readings[at];
        _step.Add(step);
        _value.Add(double.IsFinite(value) ? value : null);
        for (var factor = 0; factor < _smooth.Count; factor++)
            Smooth[factor].Add(Finite(_smooth[factor][at]));
    }

    private void AddPixel(int from, int to)
    {
        double steps = 0, sum = 0, low = double.PositiveInfinity, high = double.NegativeInfinity;
        var count = 0;
        long? gap = null;
        for (var i = from; i < to; i++)
        {
            var (step, _, value) = _readings[i];
            if (!double.IsFinite(value))
            {
                gap ??= step;
                continue;
            }

            (count, steps, sum) = (count + 1, steps + step, sum + value);
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        if (gap is { } before && (count == 0 || before <= steps / count))
            AddGap(before);
        if (count > 0)
        {
            _step.Add(Math.Round(steps / count, 2));
            _value.Add(SevenDigits(sum / count));
            _low.Add(Finite(low));
            _high.Add(Finite(high));
            _count.Add(count);
            for (var factor = 0; factor < _smooth.Count; factor++)
                Smooth[factor].Add(Finite(MeanOf(_smooth[factor], from, to)));
        }

        if (gap is { } after && count > 0 && after > steps / count)
            AddGap(after);
    }

    private void AddGap(long step)
    {
        _step.Add(step);
        _value.Add(null);
        _low.Add(null);
        _high.Add(null);
        _count.Add(0);
        foreach (var column in Smooth)
            column.Add(null);
    }

    private static double MeanOf(double[] values, int from, int to)
    {
        double sum = 0;
        var count = 0;
        for (var i = from; i < to; i++)
            (sum, count) = double.IsNaN(values[i]) ? (sum, count) : (sum + values[i], count + 1);
        return sum / count;
    }

    /// <summary>A mean in as many digits as it is worth; the rest would only be sent.</summary>
    private static double SevenDigits(double value) => double.Parse(value.ToString("G7", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static float? Finite(double value) => double.IsFinite(value) ? (float)value : null;
}
