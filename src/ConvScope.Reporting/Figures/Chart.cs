using System.Globalization;
using ConvScope.Records.Recording;
using ConvScope.Reporting.Curves;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;
using OxyPlot.SkiaSharp;
using SkiaSharp;

namespace ConvScope.Reporting.Figures;

/// <summary>A figure of curves over steps.</summary>
internal sealed class Chart
{
    private const int Pixels = 800; // of the plot, about

    private readonly PlotModel _model;
    private readonly long _lastStep;

    /// <summary>An empty chart.</summary>
    /// <param name="title">What is shown.</param>
    /// <param name="subtitle">How to read it.</param>
    /// <param name="unit">Title of the vertical axis.</param>
    /// <param name="theme">Its colours.</param>
    /// <param name="logarithmic">Whether the vertical axis is logarithmic; values that are not positive then leave gaps.</param>
    /// <param name="lastStep">The run's last step, at which the horizontal axis ends, so that all charts of a run have one; 0 for that of the curves.</param>
    /// <param name="format">Format of the vertical axis' numbers; null for the usual one.</param>
    public Chart(string title, string subtitle, string unit, ChartTheme theme, bool logarithmic = false, long lastStep = 0, string? format = null)
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
        _model.Axes.Add(Styled(new LinearAxis { Minimum = 0, Maximum = lastStep > 0 ? 1.01 * lastStep : double.NaN, MaximumPadding = 0.01, StringFormat = "#,##0" }, AxisPosition.Bottom, "step", theme));
        _model.Legends.Add(new Legend
        {
            LegendPlacement = LegendPlacement.Outside,
            LegendPosition = LegendPosition.RightTop,
            LegendTextColor = theme.Ink,
            LegendFontSize = 13,
            LegendSymbolLength = 28,
            LegendMargin = 12,
        });
        (Logarithmic, _lastStep) = (logarithmic, lastStep);
    }

    /// <summary>Size of the drawing, in pixels.</summary>
    public static SKSizeI Size { get; } = new(1040, 540);

    /// <summary>What is drawn.</summary>
    internal PlotModel Model => _model;

    private bool Logarithmic { get; }

    /// <summary>Adds a curve with marks at its points.</summary>
    public void AddCurve(string name, IReadOnlyList<Reading> readings, SKColor color, bool dashed = false)
    {
        var curve = Curve.Of(readings, Pixels, []);
        _model.Series.Add(Marked(Line(Named(name, curve), Points(curve.Step, curve.Value), color, 255, 2.4, dashed)));
        MarkGaps(curve, curve.Value, color);
    }

    /// <summary>
    /// Adds a noisy curve: as measured and faint, and smoothed by <see cref="Smoothing"/> with its usual factor. Where there are more readings than pixels, the faint part is the range of each pixel's.
    /// </summary>
    public void AddNoisyCurve(string name, IReadOnlyList<Reading> readings, SKColor color, bool dashed = false, byte rawAlpha = 70)
    {
        var curve = Curve.Of(readings, Pixels, [Smoothing.DefaultFactor]);
        double?[] smoothed = [.. curve.Smooth.Values.Single().Select(value => (double?)value)];
        if (rawAlpha > 0 && curve.Low is null)
            _model.Series.Add(Line(null, Points(curve.Step, curve.Value), color, rawAlpha, 1, dashed: false));
        else if (rawAlpha > 0)
            _model.Series.Add(Range(curve, color, rawAlpha));
        var smooth = Line(Named(name, curve), Points(curve.Step, smoothed), color, 255, 2, dashed);
        _model.Series.Add(readings.Count == 1 ? Marked(smooth) : smooth); // one point makes no line
        MarkGaps(curve, smoothed, color);
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

    private static string Named(string name, Curve curve) => curve.Readings > 0 && curve.Value.All(value => value is null) ? $"{name} (never finite)" : name;

    private static IEnumerable<(double X, double Y)> Points(IReadOnlyList<double> steps, IReadOnlyList<double?> values) => steps.Zip(values, (step, value) => (step, value ?? double.NaN));

    /// <summary>A cross where readings stop being finite; one that ends the curve says so in words.</summary>
    private void MarkGaps(Curve curve, IReadOnlyList<double?> values, SKColor color)
    {
        foreach (var gap in curve.Gaps)
        {
            var before = Enumerable.Range(0, values.Count).LastOrDefault(index => curve.Step[index] < gap.Step && values[index] is { } value && (!Logarithmic || value > 0), -1);
            if (before < 0)
                continue;
            var mark = OxyColor.FromRgb(color.Red, color.Green, color.Blue);
            _model.Annotations.Add(new PointAnnotation
            {
                X = curve.Step[before],
                Y = values[before]!.Value,
                Shape = MarkerType.Cross,
                Size = 5,
                Stroke = mark,
                StrokeThickness = 2,
                TextColor = _model.TextColor,
                Text = gap.IsEnd ? string.Create(CultureInfo.InvariantCulture, $"{gap.What} from step {gap.Step:N0} on") : null,
                TextHorizontalAlignment = curve.Step[before] > 0.6 * Math.Max(_lastStep, curve.Last ?? 0) ? HorizontalAlignment.Right : HorizontalAlignment.Left,
                TextVerticalAlignment = VerticalAlignment.Bottom,
            });
        }
    }

    private AreaSeries Range(Curve curve, SKColor color, byte alpha)
    {
        var area = new AreaSeries { RenderInLegend = false, Color = OxyColors.Transparent, Color2 = OxyColors.Transparent, Fill = OxyColor.FromArgb(alpha, color.Red, color.Green, color.Blue) };
        bool IsDrawn(int index) => curve.Value[index] is not null && (!Logarithmic || curve.Low![index] > 0);
        area.Points.AddRange(Enumerable.Range(0, curve.Step.Count).Select(index => IsDrawn(index) ? new DataPoint(curve.Step[index], curve.High![index]!.Value) : DataPoint.Undefined));
        area.Points2.AddRange(Enumerable.Range(0, curve.Step.Count).Select(index => IsDrawn(index) ? new DataPoint(curve.Step[index], curve.Low![index]!.Value) : DataPoint.Undefined));
        return area;
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
