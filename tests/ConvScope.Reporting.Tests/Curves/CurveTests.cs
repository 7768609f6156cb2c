using ConvScope.Records.Recording;
using ConvScope.Reporting.Curves;
using ConvScope.Reporting.Figures;
using OxyPlot.Annotations;
using OxyPlot.Series;
using SkiaSharp;

namespace ConvScope.Reporting.Tests.Curves;

/// <summary>Thinned curves keep means, extremes and gaps.</summary>
public sealed class CurveTests
{
    [Test]
    public void Of_FewReadings_HasThemAll()
    {
        var curve = Curve.Of(Readings(100, step => 1.0 / (step + 1)), 100, []);
        Assert.That(curve.Step, Is.EqualTo(Enumerable.Range(0, 100)));
        Assert.That(curve.Value, Is.EqualTo(Enumerable.Range(0, 100).Select(step => 1.0 / (step + 1))));
        Assert.That((curve.Low, curve.Readings, curve.First, curve.Last, curve.LastValue), Is.EqualTo(((IReadOnlyList<float?>?)null, 100, 0L, 99L, 0.01)));
    }

    [Test]
    public void Of_ManyReadings_KeepsTheMeanOfEveryStretchAndItsExtremes()
    {
        var random = new Random(3);
        var readings = Readings(500_000, step => step == 250_123 ? 90 : 0.27 * random.NextDouble());
        var curve = Curve.Of(readings, 1000, [0.9]);
        int[] inside = [.. Enumerable.Range(0, curve.Step.Count).Where(pixel => curve.Step[pixel] is >= 240_000 and < 260_000)];
        var mean = inside.Sum(pixel => curve.Value[pixel]!.Value * curve.Count![pixel]) / inside.Sum(pixel => curve.Count![pixel]);
        var smoothed = inside.Sum(pixel => (double)curve.Smooth["0.9"][pixel]! * curve.Count![pixel]) / inside.Sum(pixel => curve.Count![pixel]);
        var expected = readings.Skip(240_000).Take(20_000).Average(reading => reading.Value);
        Assert.That(curve.Step, Has.Count.LessThanOrEqualTo(1000));
        Assert.That(mean, Is.EqualTo(expected).Within(1e-6));
        Assert.That(smoothed, Is.EqualTo(expected).Within(1e-4), "the smoothed curve has the same mean, but for what it remembers at the edges");
        Assert.That(inside.Max(pixel => curve.High![pixel]), Is.EqualTo(90), "one reading of 500,000 is seen");
        Assert.That(inside.Min(pixel => curve.Low![pixel]), Is.LessThan(0.001));
    }

    [Test]
    public void Of_APart_IsFinerAndSmoothedOverAllReadings()
    {
        var readings = Readings(10_000, step => Math.Sin(step));
        var part = Curve.Of(readings, 500, [0.9], 4000, 4099.5);
        Assert.That(part.Step, Is.EqualTo(Enumerable.Range(3999, 102)), "one more at each side, so that lines run to the edges");
        Assert.That(part.Smooth["0.9"], Is.EqualTo(Smoothing.Apply(readings, 0.9).Skip(3999).Take(102).Select(value => (float?)value)));
        Assert.That(part.Readings, Is.EqualTo(10_000));
    }

    [TestCase(50)] // each reading
    [TestCase(7)] // pixels
    public void Of_ReadingsThatAreNotFinite_AreGapsAndAreNamed(int points)
    {
        var curve = Curve.Of(Readings(50, step => step is 10 or 11 ? double.NegativeInfinity : step >= 40 ? double.NaN : 1), points, []);
        Assert.That(curve.Gaps, Is.EqualTo(new[] { new CurveGap(10, 11, 2, "−∞", false), new CurveGap(40, 49, 10, "NaN", true) }));
        Assert.That(curve.Step.Zip(curve.Value).Where(point => point.Second is null).Select(point => point.First), Has.Member(10).And.Member(40));
        Assert.That(curve.Value.Where(value => value is not null), Is.All.EqualTo(1));
        Assert.That(curve.Step, Is.Ordered);
    }

    [Test]
    public void Of_NothingAtAll_IsEmpty() => Assert.That(Curve.Of([], 10, [0.9]).Step, Is.Empty);

    [Test]
    public void Figure_OfANoisyCurve_DrawsWhatTheDefinitionSays()
    {
        Reading[] readings = [.. Enumerable.Range(0, 60).Select(index => new Reading(index < 20 ? 10 * index : 200 + 50 * (index - 20), 1, Math.Cos(7 * index)))];
        var chart = new Chart("Loss", "", "loss", ChartTheme.Light);
        chart.AddNoisyCurve("batch", readings, SKColors.Red);
        var bold = chart.Model.Series.OfType<LineSeries>().Single(line => line.Title == "batch");
        Assert.That(bold.Points.Select(point => point.X), Is.EqualTo(readings.Select(reading => (double)reading.Step)));
        Assert.That(bold.Points.Select(point => point.Y), Is.EqualTo(SmoothingTwin.Of(readings, 0.9)).Within(1e-6));
    }

    [Test]
    public void Figure_OfACurveThatEndsInNaN_SaysSoInWords()
    {
        var chart = new Chart("Loss", "", "loss", ChartTheme.Light);
        chart.AddNoisyCurve("batch", Readings(50, step => step == 10 ? double.PositiveInfinity : step >= 30 ? double.NaN : 1), SKColors.Red);
        var marks = chart.Model.Annotations.OfType<PointAnnotation>().ToArray();
        Assert.That(marks.Select(mark => (mark.X, mark.Text)), Is.EqualTo(new[] { (9.0, null), (29.0, "NaN from step 30 on") }));
    }

    private static Reading[] Readings(int count, Func<int, double> value) => [.. Enumerable.Range(0, count).Select(step => new Reading(step, 1, value(step)))];
}
