using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;
using OxyPlot.SkiaSharp;
using SkiaSharp;

namespace ConvScope.Reporting.Figures;

/// <summary>A figure of curves over steps.</summary>
internal sealed class Chart
{
    private const double Smoothing = 0.9;

    private readonly PlotModel _model;

    /// <summary>An empty chart.</summary>
    /// <param name="title">What is shown.</param>
    /// <param name="subtitle">How to read it.</param>
    /// <param name="unit">Title of the vertical axis.</param>
    /// <param name="theme">Its colours.</param>
    /// <param name="logarithmic">Whether the vertical axis is logarithmic; values that are not positive then leave gaps.</param>
    /// <param name="format">Format of the vertical axis' numbers; null for the usual one.</param>
    public Chart(string title, string subtitle, string unit, ChartTheme theme, bool logarithmic = false, string? format = null)
    {
        _model = new PlotModel
        {
            Culture = CultureInfo.InvariantCulture,
            Title = title,
            TitleFontSize = 18,
            TitleFontWeight = 400,
            Subtitle = subtitle,
            SubtitleFontSize = 13,
            DefaultFontSize = 13,
            Background = theme.Paper,
            TextColor = theme.Ink,
            TitleColor = theme.Ink,
            SubtitleColor = theme.Faint,
            PlotAreaBorderColor = theme.Faint,
            PlotAreaBorderThickness = new OxyThickness(1, 0, 0, 1),
            Padding = new OxyThickness(18, 16, 24, 14),
            TitleHorizontalAlignment = TitleHorizontalAlignment.CenteredWithinView,
        };
        Axis vertical = logarithmic ? new LogarithmicAxis { StringFormat = "G3" } : new LinearAxis { StringFormat = format };
        _model.Axes.Add(Styled(vertical, AxisPosition.Left, unit, theme));
        _model.Axes.Add(Styled(new LinearAxis { Minimum = 0, MaximumPadding = 0.01, StringFormat = "#,##0" }, AxisPosition.Bottom, "step", theme));
        _model.Legends.Add(new Legend
        {
            LegendPlacement = LegendPlacement.Outside,
            LegendPosition = LegendPosition.RightTop,
            LegendTextColor = theme.Ink,
            LegendFontSize = 13,
            LegendSymbolLength = 28,
            LegendMargin = 12,
        });
        Logarithmic = logarithmic;
    }

    /// <summary>Size of the drawing, in pixels.</summary>
    public static SKSizeI Size { get; } = new(1040, 540);

    private bool Logarithmic { get; }

    /// <summary>Adds a curve with marks at its points.</summary>
    public void AddCurve(string name, IEnumerable<(double X, double Y)> points, SKColor color, bool dashed = false)
    {
        _model.Series.Add(Marked(Line(name, points, color, 255, 2.4, dashed)));
    }

    /// <summary>Adds a noisy curve: as measured and faint, and smoothed by a running mean of factor 0.9, corrected for its start.</summary>
    public void AddNoisyCurve(string name, IReadOnlyList<(double X, double Y)> points, SKColor color, bool dashed = false, byte rawAlpha = 70)
    {
        if (rawAlpha > 0)
            _model.Series.Add(Line(null, points, color, rawAlpha, 1, dashed: false));
        var smooth = Line(name, Smooth(points), color, 255, 2, dashed);
        _model.Series.Add(points.Count == 1 ? Marked(smooth) : smooth); // one point makes no line
    }

    /// <summary>Draws it.</summary>
    public void Draw(SKCanvas canvas)
    {
        using var paper = new SKPaint { Color = new SKColor(_model.Background.R, _model.Background.G, _model.Background.B) };
        canvas.DrawRect(0, 0, Size.Width, Size.Height, paper);
        using var context = new ChartRenderContext { SkCanvas = canvas, RenderTarget = RenderTarget.VectorGraphic };
        IPlotModel model = _model;
        model.Update(true);
        model.Render(context, new OxyRect(0, 0, Size.Width, Size.Height));
    }

    /// <summary>Exponential running mean with bias correction; values that cannot be drawn are passed on and do not enter it.</summary>
    internal static IEnumerable<(double X, double Y)> Smooth(IEnumerable<(double X, double Y)> points)
    {
        double mean = 0, weight = 0;
        foreach (var (x, y) in points)
        {
            if (!double.IsFinite(y))
            {
                yield return (x, double.NaN);
                continue;
            }

            weight = Smoothing * weight + (1 - Smoothing);
            mean += (1 - Smoothing) / weight * (y - mean); // a constant stays exactly what it is, so that no axis zooms into rounding
            yield return (x, mean);
        }
    }

    private LineSeries Line(string? name, IEnumerable<(double X, double Y)> points, SKColor color, byte alpha, double thickness, bool dashed)
    {
        var series = new LineSeries
        {
            Title = name,
            RenderInLegend = name is not null,
            Color = OxyColor.FromArgb(alpha, color.Red, color.Green, color.Blue),
            StrokeThickness = thickness,
            LineStyle = dashed ? LineStyle.Dash : LineStyle.Solid,
            LineJoin = LineJoin.Round,
        };
        series.Points.AddRange(points.Select(point => new DataPoint(point.X, !double.IsFinite(point.Y) || (Logarithmic && point.Y <= 0) ? double.NaN : point.Y)));
        return series;
    }

    private static LineSeries Marked(LineSeries series)
    {
        series.MarkerType = MarkerType.Circle;
        series.MarkerSize = 3.5;
        series.MarkerFill = series.Color;
        return series;
    }

    private static Axis Styled(Axis axis, AxisPosition position, string title, ChartTheme theme)
    {
        axis.Position = position;
        axis.Title = title;
        axis.TitleColor = axis.TextColor = axis.TicklineColor = theme.Faint;
        axis.AxislineColor = theme.Faint;
        axis.MajorGridlineStyle = LineStyle.Solid;
        axis.MajorGridlineColor = theme.Grid;
        axis.MinorTickSize = 0;
        axis.FontSize = 12;
        axis.AxisTitleDistance = 10;
        return axis;
    }
}
