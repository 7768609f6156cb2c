using OxyPlot;
using OxyPlot.SkiaSharp;
using SkiaSharp;

namespace ConvScope.Reporting.Figures;

/// <summary>OxyPlot's Skia renderer with the bundled font in place of the machine's.</summary>
internal sealed class ChartRenderContext : SkiaRenderContext, IRenderContext
{
    /// <summary>Draws text; OxyPlot gives its size in points of 1/96 inch, which are pixels here.</summary>
    void IRenderContext.DrawText(
        ScreenPoint p, string text, OxyColor fill, string? fontFamily, double fontSize, double fontWeight, double rotation,
        HorizontalAlignment horizontalAlignment, VerticalAlignment verticalAlignment, OxySize? maxSize)
    {
        if (text is null || !fill.IsVisible())
            return;
        var lines = text.Split('\n');
        var (size, height) = ((float)fontSize, FigureText.Height((float)fontSize));
        var top = verticalAlignment switch { VerticalAlignment.Top => 0, VerticalAlignment.Middle => -height * lines.Length / 2, _ => -height * lines.Length };
        var align = horizontalAlignment switch { HorizontalAlignment.Left => SKTextAlign.Left, HorizontalAlignment.Center => SKTextAlign.Center, _ => SKTextAlign.Right };
        SkCanvas.Save();
        SkCanvas.Translate((float)p.X, (float)p.Y);
        SkCanvas.RotateDegrees((float)rotation);
        for (var i = 0; i < lines.Length; i++)
            FigureText.Draw(SkCanvas, lines[i], 0, top + i * height + size * 0.97f, size, new SKColor(fill.R, fill.G, fill.B, fill.A), align);
        SkCanvas.Restore();
    }

    /// <summary>Size of text in the bundled font, in pixels.</summary>
    OxySize IRenderContext.MeasureText(string text, string? fontFamily, double fontSize, double fontWeight)
    {
        if (string.IsNullOrEmpty(text))
            return OxySize.Empty;
        var lines = text.Split('\n');
        return new OxySize(lines.Max(line => FigureText.Width(line, (float)fontSize)), lines.Length * FigureText.Height((float)fontSize));
    }
}
