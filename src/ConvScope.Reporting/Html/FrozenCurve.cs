using System.Text.Json.Serialization;
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
    private const int ManyColumns = 5000; // above it curves are smoothed for one stop alone

    /// <summary>Numbers of all curves together, about, so that there is room for tensors.</summary>
    public const int Numbers = 120_000;

    /// <summary>The curves of a record's series.</summary>
    public static (IReadOnlyList<IReadOnlyList<double>> Steps, IReadOnlyList<FrozenCurve> Curves) Of(RunRecord record, IReadOnlyList<Series> series)
    {
        IReadOnlyList<double> stops = Columns(series, Smoothing.Stops) > ManyColumns ? [Smoothing.DefaultFactor] : Smoothing.Stops;
        var columns = Columns(series, stops);
        var points = Math.Clamp(Numbers / Math.Max(1, columns), FewestPoints, MostPoints);
        var steps = new List<IReadOnlyList<double>>();
        var places = new Dictionary<string, int>();
        var curves = new List<FrozenCurve>();
        foreach (var one in series)
        {
            var curve = Curve.Of(Lineage.Readings(record, one), points, Factors(one, stops));
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

    /// <summary>Numbers of the curve, without its steps.</summary>
    [JsonIgnore]
    public int Count => Curve.Value.Count * (1 + Curve.Smooth.Count + (Curve.Low is null ? 0 : 2));

    private static int Columns(IReadOnlyList<Series> series, IReadOnlyList<double> stops) => series.Sum(one => one.Unit == Series.HistogramUnit ? 0 : 1 + Factors(one, stops).Count);

    private static IReadOnlyList<double> Factors(Series series, IReadOnlyList<double> stops) => Smoothing.Suits(series) ? stops : [];
}
