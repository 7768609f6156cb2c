using System.Globalization;
using ConvScope.Records.Checkpoints;
using ConvScope.Reporting.Palettes;
using SkiaSharp;

namespace ConvScope.Reporting.Figures;

/// <summary>All filters of one layer in one picture on one colour scale, with its colour bar and its statistics.</summary>
internal sealed class WeightMosaic
{
    private const int Margin = 24, TitleHeight = 76, LabelSpace = 34, BarWidth = 18, BarSpace = 112, SmallestWidth = 520, SmallestTile = 32, LargestGridSide = 1940;

    private static readonly SKColor _ink = SKColor.Parse("#1f2430"), _faint = SKColor.Parse("#5b6270"), _gap = SKColor.Parse("#b9bec7");

    private readonly NamedArray _array;
    private readonly MosaicLayout _layout;
    private readonly TensorStatistics _statistics;
    private readonly string _title;
    private readonly bool _isUnsigned;
    private readonly int _zoom, _gapSize;

    /// <summary>Measures a mosaic.</summary>
    /// <param name="array">A parameter with two to five axes.</param>
    /// <param name="step">Updates made when it was taken.</param>
    public WeightMosaic(NamedArray array, long step)
        : this(array, MosaicLayout.Create(array), TensorStatistics.Measure(array.Values), $"{array.Name}   {array.ShapeText}   step {step.ToString("N0", CultureInfo.InvariantCulture)}")
    {
    }

    /// <summary>Measures a mosaic whose parts are known.</summary>
    /// <param name="array">The values that the layout points to.</param>
    /// <param name="layout">Where they stand.</param>
    /// <param name="statistics">Numbers of the whole parameter.</param>
    /// <param name="title">First line of the figure.</param>
    /// <param name="isUnsigned">Whether no value is negative: then the scale begins at zero, which is dark.</param>
    public WeightMosaic(NamedArray array, MosaicLayout layout, TensorStatistics statistics, string title, bool isUnsigned = false)
    {
        _isUnsigned = isUnsigned;
        _array = array;
        _layout = layout;
        _statistics = statistics;
        _title = title;
        _gapSize = _layout.IsMatrix ? 0 : 1;
        var fitting = Math.Min(Fit(_layout.Columns, _layout.TileWidth), Fit(_layout.Rows, _layout.TileHeight));
        var wanted = _layout.Columns * _layout.Rows <= 64 ? 3 * SmallestTile : SmallestTile;
        _zoom = Math.Max(1, Math.Min(fitting, _layout.IsMatrix ? 14 : (int)Math.Ceiling((double)wanted / Math.Max(_layout.TileWidth, _layout.TileHeight))));
        var grid = Grid;
        Size = new SKSizeI(
            Math.Max(SmallestWidth, Math.Max(grid.Width + LabelSpace + BarSpace, TextWidth()) + 2 * Margin),
            Math.Max(grid.Height, 120) + TitleHeight + LabelSpace + 2 * Margin);
    }

    /// <summary>Size of the drawing, in pixels.</summary>
    public SKSizeI Size { get; }

    /// <summary>Where <see cref="Picture"/> lies in the drawing: its upper left corner.</summary>
    public static SKPointI Place { get; } = new(Margin + LabelSpace, Margin + TitleHeight + 20);

    private SKSizeI Grid => new(_layout.Columns * Cell(_layout.TileWidth) + _gapSize, _layout.Rows * Cell(_layout.TileHeight) + _gapSize);

    /// <summary>Draws all but the tiles.</summary>
    public void Draw(SKCanvas canvas)
    {
        using var white = new SKPaint { Color = SKColors.White };
        canvas.DrawRect(0, 0, Size.Width, Size.Height, white);
        FigureText.Draw(canvas, _title, Margin, Margin + 16, 18, _ink);
        FigureText.Draw(canvas, _statistics.ToString(), Margin, Margin + 38, 13, _faint);
        FigureText.Draw(canvas, _layout.Caption, Margin, Margin + 57, 13, _faint);
        DrawLabels(canvas, Place);
        DrawColorBar(canvas, Place.X + Grid.Width + 26, Place.Y);
    }

    /// <summary>The tiles alone: values are squares of the zoom's size, gaps one pixel. The caller disposes it.</summary>
    public SKBitmap Picture()
    {
        var bitmap = new SKBitmap(new SKImageInfo(Grid.Width, Grid.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var map = bitmap.PeekPixels();
        var pixels = map.GetPixelSpan<uint>();
        pixels.Fill(Pixel(_gap));
        for (var place = 0; place < _layout.Tiles.Count; place++)
        {
            if (_layout.Tiles[place] < 0)
                continue;
            int left = place % _layout.Columns * Cell(_layout.TileWidth) + _gapSize, top = place / _layout.Columns * Cell(_layout.TileHeight) + _gapSize;
            for (var row = 0; row < _layout.TileHeight; row++)
            {
                var line = pixels.Slice((top + row * _zoom) * Grid.Width + left, _layout.TileWidth * _zoom);
                for (var column = 0; column < _layout.TileWidth; column++)
                    line.Slice(column * _zoom, _zoom).Fill(Pixel(Color(_layout.Tiles[place] + row * _layout.RowStride + column)));
                for (var copy = 1; copy < _zoom; copy++)
                    line.CopyTo(pixels[((top + row * _zoom + copy) * Grid.Width + left)..]);
            }
        }

        return bitmap;
    }

    private SKColor Color(int index)
    {
        if (!_layout.ColorPlanes)
            return _isUnsigned ? Viridis.At(_array.Values[index], _statistics.Limit) : DivergingPalette.At(_array.Values[index], _statistics.Limit);
        var plane = _layout.TileHeight * _layout.TileWidth;
        var (red, green, blue) = (_array.Values[index], _array.Values[index + plane], _array.Values[index + 2 * plane]);
        if (!float.IsFinite(red + green + blue))
            return DivergingPalette.At(red + green + blue, _statistics.Limit); // never mistaken for a weight
        return new SKColor(Intensity(red), Intensity(green), Intensity(blue));
    }

    private byte Intensity(float weight) =>
        (byte)(255 * Math.Clamp(_statistics.Limit > 0 ? 0.5f + weight / (2 * _statistics.Limit) : 0.5f, 0, 1));

    private void DrawLabels(SKCanvas canvas, SKPointI origin)
    {
        var rowCell = Cell(_layout.TileHeight);
        for (int row = 0, every = Every(rowCell, 14); row < _layout.Rows; row += every)
            FigureText.Draw(canvas, Number(_layout.RowLabels[row]), origin.X - 6, origin.Y + _gapSize + (row + 0.5f) * rowCell + 4, 11, _faint, SKTextAlign.Right);
        if (_layout is { IsMatrix: true, Columns: 1 })
        {
            for (int column = 0, every = Every(_zoom, 40); column < _layout.TileWidth; column += every)
                FigureText.Draw(canvas, Number(column), origin.X + (column + 0.5f) * _zoom, origin.Y - 6, 11, _faint, SKTextAlign.Center);
            return;
        }

        var columnCell = Cell(_layout.TileWidth);
        for (int column = 0, every = Every(columnCell, 26); column < _layout.Columns; column += every)
            FigureText.Draw(canvas, Number(_layout.ColumnLabels[column]), origin.X + _gapSize + (column + 0.5f) * columnCell, origin.Y - 6, 11, _faint, SKTextAlign.Center);
    }

    private void DrawColorBar(SKCanvas canvas, float left, float top)
    {
        if (_layout.ColorPlanes)
            return;
        const int Height = 120, Steps = 60;
        using var paint = new SKPaint { IsAntialias = false };
        for (var step = 0; step < Steps; step++)
        {
            paint.Color = ScaleColor(1 - (float)step / (Steps - 1));
            canvas.DrawRect(left, top + step * Height / Steps, BarWidth, Height / Steps, paint);
        }

        for (var tick = 0; tick <= 4; tick++)
            FigureText.Draw(canvas, Value(_statistics.Limit * (_isUnsigned ? 1 - tick / 4f : 1 - tick / 2f)), left + BarWidth + 6, top + tick * Height / 4f + 4, 11, _ink);
        DrawClipped(canvas, left, top, Height);
    }

    /// <summary>Arrows at the ends of the bar say that values lie beyond them, and how many.</summary>
    private void DrawClipped(SKCanvas canvas, float left, float top, float height)
    {
        if (_statistics.ClippedShare <= 0)
            return;
        using var paint = new SKPaint { IsAntialias = true, Color = ScaleColor(1) };
        using var up = new SKPath();
        up.AddPoly([new(left, top - 2), new(left + BarWidth, top - 2), new(left + BarWidth / 2f, top - 11)]);
        canvas.DrawPath(up, paint);
        if (!_isUnsigned)
        {
            paint.Color = ScaleColor(0);
            using var down = new SKPath();
            down.AddPoly([new(left, top + height + 2), new(left + BarWidth, top + height + 2), new(left + BarWidth / 2f, top + height + 11)]);
            canvas.DrawPath(down, paint);
        }

        FigureText.Draw(canvas, string.Create(CultureInfo.InvariantCulture, $"{_statistics.ClippedShare:P1} beyond"), left, top + height + 26, 11, _faint);
    }

    /// <summary>The scale's colour from its lower end, 0, to its upper, 1.</summary>
    private SKColor ScaleColor(float at) => _isUnsigned ? Viridis.At(at, 1) : DivergingPalette.At(2 * at - 1, 1);

    private int TextWidth() =>
        8 + (int)Math.Max(FigureText.Width(_title, 18), Math.Max(FigureText.Width(_statistics.ToString(), 13), FigureText.Width(_layout.Caption, 13)));

    private int Fit(int tiles, int values) => Math.Max(1, (LargestGridSide / tiles - _gapSize) / values);

    private int Cell(int values) => values * _zoom + _gapSize;

    private static int Every(int cell, int room)
    {
        var needed = (room + cell - 1) / cell;
        return new[] { 1, 2, 5, 10, 20, 50, 100, 200, 500 }.First(every => every >= needed || every == 500);
    }

    /// <summary>A colour as a pixel of Rgba8888 on a little-endian machine.</summary>
    private static uint Pixel(SKColor color) => color.Red | (uint)color.Green << 8 | (uint)color.Blue << 16 | 0xFF000000;

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Value(float value) =>
        value.ToString(Math.Abs(value) is >= 0.1f and < 1000 ? "0.###" : "G3", CultureInfo.InvariantCulture).Replace('-', '−');
}
