using ConvScope.Records.Recording;
using ConvScope.Reporting.Figures;
using SkiaSharp;

namespace ConvScope.Reporting.Tests.Figures;

public sealed class ChartTests
{
    private static readonly SKColor _red = SKColors.Red;

    [Test]
    public void Draw_LogarithmicWithZeros_LeavesGapsAndDrawsTheRest()
    {
        var chart = new Chart("Gradients", "", "norm", ChartTheme.Light, logarithmic: true);
        chart.AddCurve("conv1.weight", Steps(100, step => step is >= 40 and < 60 ? 0 : Math.Exp(-step / 10.0)), _red);
        using var picture = Picture(chart);
        Assert.That(Columns(picture), Has.Count.InRange(500, 800), "four fifths of the axis");
        Assert.That(LongestGap(Columns(picture)), Is.InRange(100, 220), "a fifth of the axis");
    }

    [Test]
    public void Draw_NaNs_LeavesAGapAndDrawsTheRest([Values] bool logarithmic)
    {
        using var picture = Draw(Steps(100, step => step is >= 40 and < 60 ? double.NaN : 1 + step), logarithmic);
        Assert.That(LongestGap(Columns(picture)), Is.InRange(100, 220), "a fifth of the axis");
    }

    [Test]
    public void Draw_NothingThatCanBeDrawn_IsAnEmptyChart([Values] bool logarithmic, [Values(double.NaN, double.PositiveInfinity)] double value)
    {
        using var picture = Draw(Steps(10, _ => value), logarithmic);
        Assert.That(Columns(picture), Is.Empty);
    }

    [Test]
    public void Draw_LogarithmicWithNothingPositive_IsAnEmptyChart([Values(0, -1)] double value)
    {
        using var picture = Draw(Steps(10, _ => value), logarithmic: true);
        Assert.That(Columns(picture), Is.Empty);
    }

    [Test]
    public void Draw_Constant_IsAHorizontalLine([Values] bool logarithmic, [Values(1e-9, 0.5, 1, 1e9)] double value)
    {
        using var picture = Draw(Steps(50, _ => value), logarithmic);
        Assert.That(Columns(picture), Has.Count.GreaterThan(600), "across the whole axis");
        Assert.That(Rows(picture), Has.Count.InRange(1, 3));
    }

    [Test]
    public void Draw_AllZeroOnALinearAxis_IsAHorizontalLine()
    {
        using var picture = Draw(Steps(50, _ => 0), logarithmic: false);
        Assert.That(Columns(picture), Has.Count.GreaterThan(600));
    }

    [Test]
    public void Draw_ASinglePoint_IsAMark([Values] bool logarithmic, [Values] bool noisy)
    {
        var chart = new Chart("Loss", "", "loss", ChartTheme.Light, logarithmic);
        if (noisy)
            chart.AddNoisyCurve("batch", [new Reading(40, 1, 0.7)], _red);
        else
            chart.AddCurve("batch", [new Reading(40, 1, 0.7)], _red);
        using var picture = Picture(chart);
        Assert.That(Columns(picture), Has.Count.InRange(4, 9));
        Assert.That(Rows(picture), Has.Count.InRange(4, 9));
    }

    [Test]
    public void Draw_NoCurve_IsAnEmptyChart([Values] bool logarithmic)
    {
        using var picture = Picture(new Chart("Loss", "", "loss", ChartTheme.Light, logarithmic));
        Assert.That(picture.Pixels.Distinct().Count(), Is.GreaterThan(1), "its title is there");
    }

    private static Reading[] Steps(int count, Func<int, double> value) => [.. Enumerable.Range(0, count).Select(step => new Reading(step, 1, value(step)))];

    private static SKBitmap Draw(Reading[] points, bool logarithmic)
    {
        var chart = new Chart("Loss", "", "loss", ChartTheme.Light, logarithmic);
        chart.AddNoisyCurve("batch", points, _red);
        return Picture(chart);
    }

    private static SKBitmap Picture(Chart chart)
    {
        var picture = new SKBitmap(new SKImageInfo(Chart.Size.Width, Chart.Size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(picture);
        chart.Draw(canvas);
        return picture;
    }

    /// <summary>Columns of the plot, without the legend, in which the curve stands.</summary>
    private static List<int> Columns(SKBitmap picture) => [.. Ink(picture).Select(pixel => pixel.X).Distinct().Order()];

    private static List<int> Rows(SKBitmap picture) => [.. Ink(picture).Select(pixel => pixel.Y).Distinct().Order()];

    private static IEnumerable<(int X, int Y)> Ink(SKBitmap picture)
    {
        var pixels = picture.Pixels;
        return Enumerable.Range(0, pixels.Length).Where(index => pixels[index] is { Red: > 200, Green: < 100, Blue: < 100 })
            .Select(index => (index % picture.Width, index / picture.Width)).Where(pixel => pixel.Item1 < 850);
    }

    private static int LongestGap(List<int> columns) => columns.Zip(columns.Skip(1), (left, right) => right - left).Max();
}
