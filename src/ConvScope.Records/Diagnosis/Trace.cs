using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis;

/// <summary>What the diagnosis remembers of one series: the first reading, the latest ones, and a running mean. Bounded, however long the training.</summary>
public sealed class Trace
{
    /// <summary>Readings that are remembered.</summary>
    public const int Remembered = 100;

    private const double Factor = 0.8; // of the running mean: about the last five readings

    private readonly Queue<Reading> _recent = [];
    private double _smoothed;
    private double _weight;

    internal Trace(Reading first) => First = first;

    /// <summary>The first reading.</summary>
    public Reading First { get; }

    /// <summary>The latest reading.</summary>
    public Reading Last { get; private set; }

    /// <summary>Number of readings so far.</summary>
    public long Count { get; private set; }

    /// <summary>The latest readings, oldest first, at most <see cref="Remembered"/>.</summary>
    public IReadOnlyCollection<Reading> Recent => _recent;

    /// <summary>Running mean with factor 0.8, corrected for its start; readings that are no finite number are left out. NaN before the first finite one.</summary>
    public double Smoothed => _weight == 0 ? double.NaN : _smoothed / _weight;

    /// <summary>Smallest value that <see cref="Smoothed"/> has had, from the fifth reading on.</summary>
    public double LowestSmoothed { get; private set; } = double.PositiveInfinity;

    /// <summary>Largest value that <see cref="Smoothed"/> has had, from the fifth reading on.</summary>
    public double HighestSmoothed { get; private set; } = double.NegativeInfinity;

    /// <summary>Median of the latest readings.</summary>
    /// <param name="count">How many; fewer where there are fewer.</param>
    public double Median(int count) => Median(Latest(count));

    /// <summary>Values of the latest readings, oldest first.</summary>
    /// <param name="count">How many; fewer where there are fewer.</param>
    public double[] Latest(int count) => [.. _recent.TakeLast(count).Select(reading => reading.Value)];

    internal static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    internal void Add(Reading reading)
    {
        Last = reading;
        Count++;
        _recent.Enqueue(reading);
        if (_recent.Count > Remembered)
            _recent.Dequeue();
        if (!double.IsFinite(reading.Value))
            return;
        _smoothed = Factor * _smoothed + (1 - Factor) * reading.Value;
        _weight = Factor * _weight + (1 - Factor);
        if (Count < 5)
            return;
        LowestSmoothed = Math.Min(LowestSmoothed, Smoothed);
        HighestSmoothed = Math.Max(HighestSmoothed, Smoothed);
    }
}
