using SkiaSharp;

namespace ConvScope.Reporting.Figures;

/// <summary>
/// Draws text in the bundled font, as outlines: a figure looks the same on a machine without fonts, in a picture and in an SVG file.
/// </summary>
internal static class FigureText
{
    private static readonly SKTypeface _typeface = LoadTypeface();

    /// <summary>Width of a line of text, in pixels.</summary>
    public static float Width(string text, float size)
    {
        using var paint = Paint(size, SKColors.Black);
        return paint.MeasureText(text);
    }

    /// <summary>A line that is no wider than there is room: cut, with an ellipsis, where it is longer.</summary>
    public static string Fitted(string text, float size, float room)
    {
        if (Width(text, size) <= room)
            return text;
        var length = text.Length - 1;
        while (length > 1 && Width(text[..length] + "…", size) > room)
            length--;
        return text[..length] + "…";
    }

    /// <summary>Height of a line from the top of its capitals to below its descenders, in pixels.</summary>
    public static float Height(float size) => size * 1.21f;

    /// <summary>Draws one line.</summary>
    /// <param name="canvas">Where to draw.</param>
    /// <param name="text">The line.</param>
    /// <param name="x">Left end, middle or right end, as <paramref name="align"/> says.</param>
    /// <param name="baseline">The line on which the letters stand.</param>
    /// <param name="size">Size of the font, in pixels.</param>
    /// <param name="color">Colour of the letters.</param>
    /// <param name="align">What of the line is at <paramref name="x"/>.</param>
    public static void Draw(SKCanvas canvas, string text, float x, float baseline, float size, SKColor color, SKTextAlign align = SKTextAlign.Left)
    {
        if (string.IsNullOrWhiteSpace(text))
            return;
        using var paint = Paint(size, color);
        var width = paint.MeasureText(text);
        var left = align switch { SKTextAlign.Center => x - width / 2, SKTextAlign.Right => x - width, _ => x };
        using var outline = paint.GetTextPath(text, left, baseline);
        canvas.DrawPath(outline, paint);
    }

    private static SKPaint Paint(float size, SKColor color) => new() { Typeface = _typeface, TextSize = size, SubpixelText = true, Color = color, IsAntialias = true };

    private static SKTypeface LoadTypeface()
    {
        using var font = typeof(FigureText).Assembly.GetManifestResourceStream("Inter-Regular.otf")!;
        return SKTypeface.FromStream(font);
    }
}
