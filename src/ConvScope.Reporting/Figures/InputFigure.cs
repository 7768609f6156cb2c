using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using SkiaSharp;

namespace ConvScope.Reporting.Figures;

/// <summary>The probe images as photographs, side by side: what the layers' outputs are for.</summary>
internal sealed class InputFigure
{
    private const int Margin = 24, TitleHeight = 58, Cell = 168, Gap = 14;

    private readonly NamedArray _images;
    private readonly Shape _shape;
    private readonly int _count;

    /// <summary>Measures a figure.</summary>
    /// <param name="images">Images, <c>[M, C, H, W]</c>, of one or three channels.</param>
    public InputFigure(NamedArray images)
    {
        _images = images;
        _count = (int)images.Shape[0];
        _shape = new Shape((int)images.Shape[1], (int)images.Shape[2], (int)images.Shape[3]);
        Size = new SKSizeI(2 * Margin + Math.Max(3, _count) * (Cell + Gap) - Gap, 2 * Margin + TitleHeight + Cell);
    }

    /// <summary>Size of the drawing, in pixels.</summary>
    public SKSizeI Size { get; }

    /// <summary>Draws it.</summary>
    public void Draw(SKCanvas canvas)
    {
        using var white = new SKPaint { Color = SKColors.White };
        canvas.DrawRect(0, 0, Size.Width, Size.Height, white);
        FigureText.Draw(canvas, "Probe images", Margin, Margin + 16, 18, SKColor.Parse("#1f2430"));
        FigureText.Draw(canvas, "What the network is shown, at every step the same; activations/ has what its layers give for the first", Margin, Margin + 38, 13, SKColor.Parse("#5b6270"));
        using var paint = new SKPaint { FilterQuality = _shape.Width > Cell ? SKFilterQuality.Medium : SKFilterQuality.None };
        for (var image = 0; image < _count; image++)
        {
            using var picture = HeatMap.Image(_images.Values.AsSpan(image * _shape.Count, _shape.Count), _shape);
            var scale = Math.Min((float)Cell / picture.Width, (float)Cell / picture.Height);
            canvas.DrawBitmap(picture, SKRect.Create(Margin + image * (Cell + Gap), Margin + TitleHeight, picture.Width * scale, picture.Height * scale), paint);
        }
    }
}
