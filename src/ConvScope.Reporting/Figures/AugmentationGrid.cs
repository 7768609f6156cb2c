using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using ConvScope.Records.Recording;
using SkiaSharp;

namespace ConvScope.Reporting.Figures;

/// <summary>Images of the first batch, each above what augmentation makes of it: what the network sees. All share one scale of grey, so that changed brightness shows.</summary>
internal sealed class AugmentationGrid
{
    private const int Margin = 24, TitleHeight = 58, Cell = 84, Gap = 8, LabelWidth = 58, CaptionHeight = 18, PairGap = 14, Columns = 8;

    private static readonly SKColor _ink = SKColor.Parse("#1f2430"), _faint = SKColor.Parse("#5b6270");

    private readonly NamedArray _before, _after, _labels;
    private readonly Shape _shape;
    private readonly int _count;
    private readonly float _low, _high;
    private readonly RecordedClasses _classes;

    /// <summary>Measures a figure.</summary>
    /// <param name="arrays">The arrays of an augmentation snapshot.</param>
    /// <param name="classes">What the classes are called.</param>
    public AugmentationGrid(IReadOnlyList<NamedArray> arrays, RecordedClasses classes)
    {
        _classes = classes;
        (_before, _after, _labels) = (Named(SnapshotArrays.Before), Named(SnapshotArrays.After), Named(SnapshotArrays.Label));
        var shape = _before.Shape;
        _count = (int)shape[0];
        _shape = new Shape((int)shape[1], (int)shape[2], (int)shape[3]);
        (_low, _high) = (Math.Min(_before.Values.Min(), _after.Values.Min()), Math.Max(_before.Values.Max(), _after.Values.Max()));
        var rows = (_count + Columns - 1) / Columns;
        Size = new SKSizeI(LabelWidth + Columns * (Cell + Gap) + 2 * Margin, TitleHeight + rows * (2 * Cell + Gap + CaptionHeight + PairGap) + 2 * Margin);

        NamedArray Named(string name) => arrays.First(array => array.Name == name);
    }

    /// <summary>Size of the drawing, in pixels.</summary>
    public SKSizeI Size { get; }

    /// <summary>Draws it.</summary>
    public void Draw(SKCanvas canvas)
    {
        using var white = new SKPaint { Color = SKColors.White };
        canvas.DrawRect(0, 0, Size.Width, Size.Height, white);
        FigureText.Draw(canvas, "What the network sees", Margin, Margin + 16, 18, _ink);
        FigureText.Draw(canvas, "Images of the first batch, and below each what augmentation makes of it; class under each pair", Margin, Margin + 38, 13, _faint);
        for (var image = 0; image < _count; image++)
        {
            float left = Margin + LabelWidth + image % Columns * (Cell + Gap), top = Margin + TitleHeight + image / Columns * (2 * Cell + Gap + CaptionHeight + PairGap);
            if (image % Columns == 0)
            {
                FigureText.Draw(canvas, "before", Margin, top + Cell / 2, 13, _ink);
                FigureText.Draw(canvas, "after", Margin, top + Cell + Gap + Cell / 2, 13, _ink);
            }

            DrawImage(canvas, _before, image, left, top);
            DrawImage(canvas, _after, image, left, top + Cell + Gap);
            FigureText.Draw(canvas, FigureText.Fitted(_classes.NameOf((int)_labels.Values[image]), 11, Cell), left, top + 2 * Cell + Gap + 14, 11, _faint);
        }
    }

    private void DrawImage(SKCanvas canvas, NamedArray images, int image, float left, float top)
    {
        using var picture = HeatMap.Image(images.Values.AsSpan(image * _shape.Count, _shape.Count), _shape, _low, _high);
        using var paint = new SKPaint { FilterQuality = picture.Width > Cell ? SKFilterQuality.Medium : SKFilterQuality.None };
        var scale = Math.Min((float)Cell / picture.Width, (float)Cell / picture.Height);
        canvas.DrawBitmap(picture, SKRect.Create(left, top, picture.Width * scale, picture.Height * scale), paint);
    }
}
