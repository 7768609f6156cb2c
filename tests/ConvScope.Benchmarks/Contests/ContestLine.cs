using System.Globalization;

namespace ConvScope.Benchmarks.Contests;

/// <summary>ConvScope against another.</summary>
/// <param name="Work">What is done.</param>
/// <param name="Other">The other.</param>
/// <param name="OurForm">The form in which ConvScope ran.</param>
/// <param name="OtherForm">That of the other.</param>
/// <param name="Ours">Seconds of ConvScope, by round.</param>
/// <param name="Theirs">Seconds of the other.</param>
internal sealed record ContestLine(string Work, string Other, string OurForm, string OtherForm, IReadOnlyList<double> Ours, IReadOnlyList<double> Theirs)
{
    /// <summary>The other's time over ours, by round, smallest first.</summary>
    public IReadOnlyList<double> Ratios { get; } = [.. Theirs.Zip(Ours, (theirs, ours) => theirs / ours).Order()];

    /// <summary>Half of the rounds lie below.</summary>
    public double Median => new Timing("", Ratios).Median;

    /// <summary>Where the median lies with at least 95 % certainty: the order statistics of a sign test; all that was seen where there are fewer than six rounds.</summary>
    public (double Low, double High) Interval
    {
        get
        {
            var (count, skipped, below) = (Ratios.Count, -1, 0.0);
            while (below <= 0.025 && skipped < count / 2)
                below += Choose(count, ++skipped) * Math.Pow(0.5, count);
            skipped = Math.Max(0, skipped - 1);
            return (Ratios[skipped], Ratios[count - 1 - skipped]);
        }
    }

    /// <summary>The line of a table; a ratio whose interval holds 1 is no claim.</summary>
    public override string ToString()
    {
        var (low, high) = Interval;
        var claim = low > 1 ? "faster" : high < 1 ? "slower" : "no difference shown";
        var forms = (OurForm, OtherForm) is ("", "") ? "" : $"{OurForm} / {OtherForm}";
        return string.Create(CultureInfo.InvariantCulture, $"| {Work} | {Other} | {Median:F2} | {low:F2} to {high:F2} | {Ratios.Count} | {claim} | {forms} |");
    }

    private static double Choose(int count, int chosen) => Enumerable.Range(1, chosen).Aggregate(1.0, (product, index) => product * (count - chosen + index) / index);
}
