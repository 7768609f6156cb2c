using ConvScope.Records.Recording;
using ConvScope.Reporting.Curves;

namespace ConvScope.Reporting.Html;

/// <summary>A curve inside a report. It is smoothed for each stop of the report's slider, over all readings, before it is thinned.</summary>
/// <param name="StepsAt">Which of the report's lists of steps is the curve's.</param>
/// <param name="Curve">The curve; its steps and counts are left out.</param>
internal sealed record FrozenCurve(int StepsAt, Curve Curve)
{
    private const int MostPoints = 500;
    private const int FewestPoints = 24;
    private const int Numbers = 120_000; // of all curves together, about: they share the file with tensors

    /// <summary>The curves of a record's series.</summary>
    public static (IReadOnlyList<IReadOnlyList<double>> Steps, IReadOnlyList<FrozenCurve> Curves) Of(RunRecord record, IReadOnlyList<Series> series)
    {
        var columns = series.Sum(one => one.Unit == Series.HistogramUnit ? 0 : 1 + Factors(one).Count);
        var points = Math.Clamp(Numbers / Math.Max(1, columns), FewestPoints, MostPoints);
        var steps = new List<IReadOnlyList<double>>();
        var places = new Dictionary<string, int>();
        var curves = new List<FrozenCurve>();
        foreach (var one in series)
        {
            var curve = Curve.Of(Lineage.Readings(record, one), points, Factors(one));
            var key = string.Join(',', curve.Step);
            if (!places.TryGetValue(key, out var place))
            {
                places[key] = place = steps.Count;
                steps.Add(curve.Step);
            }

            curves.Add(new FrozenCurve(place, curve with { Step = [], Count = null }));
        }

        return (steps, curves);
    }

    private static IReadOnlyList<double> Factors(Series series) => Smoothing.Suits(series) ? Smoothing.Stops : [];
}
