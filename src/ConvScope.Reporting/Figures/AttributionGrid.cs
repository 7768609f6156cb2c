using System.Globalization;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using ConvScope.Records.Recording;
using SkiaSharp;

namespace ConvScope.Reporting.Figures;

/// <summary>Images that the network gets wrong and right, each above the pixels by which it decided, one row a method, with deletion and insertion scores.</summary>
internal sealed class AttributionGrid
{
    private const int Margin = 24, TitleHeight = 84, LabelWidth = 132, Cell = 112, Gap = 10, CaptionHeight = 36, GroupGap = 26;

    private static readonly string[] _headings = ["classified wrong", "classified right", "no answer: outputs are not finite"];

    private static readonly SKColor _ink = SKColor.Parse("#1f2430"), _faint = SKColor.Parse("#5b6270");

    private readonly Dictionary<string, NamedArray> _arrays;
    private readonly string[] _methods;
    private readonly Shape _shape;
    private readonly int _count;
    private readonly string _subtitle;
    private readonly RecordedClasses _classes;
    private readonly int[] _order;

    private enum Answer
    {
        Wrong,
        Right,
        None,
    }

    /// <summary>Measures a figure.</summary>
    /// <param name="arrays">The arrays of an attribution snapshot.</param>
    /// <param name="step">Updates made when it was taken.</param>
    /// <param name="classes">What the classes are called.</param>
    public AttributionGrid(IReadOnlyList<NamedArray> arrays, long step, RecordedClasses classes)
    {
        _classes = classes;
        _arrays = arrays.ToDictionary(array => array.Name, StringComparer.Ordinal);
        _methods = [.. arrays.Where(array => array.Name.StartsWith(SnapshotArrays.Map, StringComparison.Ordinal)).Select(array => array.Name[SnapshotArrays.Map.Length..])];
        var images = _arrays[SnapshotArrays.Images].Shape;
        _count = (int)images[0];
        _shape = new Shape((int)images[1], (int)images[2], (int)images[3]);
        _subtitle = string.Create(CultureInfo.InvariantCulture,
            $"Pixels that speak for the predicted class, step {step:N0}. Deletion: area under its probability while pixels are blackened, strongest first; lower is better. Insertion: while they are put back; higher is better.");
        _order = [.. Enumerable.Range(0, _count).OrderBy(AnswerOf)];
        var grid = LabelWidth + _count * (Cell + Gap) + 2 * GroupGap;
        Size = new SKSizeI(Math.Max(grid, (int)FigureText.Width(_subtitle, 13)) + 2 * Margin, TitleHeight + CaptionHeight + (_methods.Length + 1) * (Cell + CaptionHeight) + 2 * Margin);
    }

    /// <summary>Size of the drawing, in pixels.</summary>
    public SKSizeI Size { get; }

    /// <summary>Draws it.</summary>
    public void Draw(SKCanvas canvas)
    {
        using var white = new SKPaint { Color = SKColors.White };
        canvas.DrawRect(0, 0, Size.Width, Size.Height, white);
        FigureText.Draw(canvas, "By which pixels the network decides", Margin, Margin + 16, 18, _ink);
        FigureText.Draw(canvas, _subtitle, Margin, Margin + 38, 13, _faint);
        FigureText.Draw(canvas, Means(), Margin, Margin + 57, 13, _faint);
        foreach (var group in _order.GroupBy(AnswerOf))
            FigureText.Draw(canvas, _headings[(int)group.Key], Left(group.First()), Margin + TitleHeight + 8, 13, _ink);
        for (var image = 0; image < _count; image++)
            DrawColumn(canvas, image);
        FigureText.Draw(canvas, "input", Margin, Top(0) + Cell / 2, 13, _ink);
        foreach (var (row, method) in _methods.Index())
            FigureText.Draw(canvas, method, Margin, Top(row + 1) + Cell / 2, 13, _ink);
    }

    private void DrawColumn(SKCanvas canvas, int image)
    {
        var pixels = Slice(SnapshotArrays.Images, image, _shape.Count);
        using (var picture = HeatMap.Image(pixels, _shape))
            DrawCell(canvas, image, 0, picture);
        FigureText.Draw(canvas, FigureText.Fitted(Caption(image), 11, Cell + Gap - 2), Left(image), Top(0) + Cell + 14, 11, _ink);
        FigureText.Draw(canvas, string.Create(CultureInfo.InvariantCulture, $"p = {Value(SnapshotArrays.Probability, image):0.000}"), Left(image), Top(0) + Cell + 28, 11, _faint);
        foreach (var (row, method) in _methods.Index())
        {
            using var picture = HeatMap.Picture(pixels, _shape, Slice(SnapshotArrays.Map + method, image, _shape.Height * _shape.Width));
            DrawCell(canvas, image, row + 1, picture);
            FigureText.Draw(canvas, string.Create(CultureInfo.InvariantCulture, $"del {Value(SnapshotArrays.Deletion + method, image):0.00}   ins {Value(SnapshotArrays.Insertion + method, image):0.00}"), Left(image), Top(row + 1) + Cell + 14, 11, _faint);
        }
    }

    private void DrawCell(SKCanvas canvas, int image, int row, SKBitmap picture)
    {
        using var paint = new SKPaint { FilterQuality = picture.Width > Cell ? SKFilterQuality.Medium : SKFilterQuality.None };
        var scale = Math.Min((float)Cell / picture.Width, (float)Cell / picture.Height);
        canvas.DrawBitmap(picture, SKRect.Create(Left(image), Top(row), picture.Width * scale, picture.Height * scale), paint);
    }

    /// <summary>The mean scores of each method and of pixels in random order.</summary>
    private string Means() => "Mean scores: " + string.Join(";  ", _methods.Append(SnapshotArrays.RandomOrder).Select(name => string.Create(CultureInfo.InvariantCulture,
        $"{name} deletion {_arrays[SnapshotArrays.Deletion + name].Values.Average():0.000}, insertion {_arrays[SnapshotArrays.Insertion + name].Values.Average():0.000}")));

    /// <summary>What the image is and what it is taken for; long names share the room.</summary>
    private string Caption(int image)
    {
        var room = (Cell - FigureText.Width("is , not ", 11)) / 2;
        var (label, predicted) = (Class(SnapshotArrays.Label, image), Class(SnapshotArrays.Predicted, image));
        if (AnswerOf(image) != Answer.Wrong)
            return $"is {label}";
        var whole = $"is {label}, taken for {predicted}";
        return FigureText.Width(whole, 11) <= Cell ? whole : $"is {FigureText.Fitted(label, 11, room)}, not {FigureText.Fitted(predicted, 11, room)}";
    }

    private string Class(string array, int image) => _classes.NameOf((int)Value(array, image));

    /// <summary>What the network makes of an image; outputs that are not finite are no answer, whichever class comes first in them.</summary>
    private Answer AnswerOf(int image) => !float.IsFinite(Value(SnapshotArrays.Probability, image)) ? Answer.None
        : Value(SnapshotArrays.Label, image) == Value(SnapshotArrays.Predicted, image) ? Answer.Right : Answer.Wrong;

    private float Left(int image)
    {
        var groups = _order.TakeWhile(other => other != image).Append(image).Select(AnswerOf).Distinct().Count();
        return Margin + LabelWidth + Array.IndexOf(_order, image) * (Cell + Gap) + GroupGap * (groups - 1);
    }

    private static float Top(int row) => Margin + TitleHeight + CaptionHeight - 16 + row * (Cell + CaptionHeight);

    private float Value(string array, int image) => _arrays[array].Values[image];

    private ReadOnlySpan<float> Slice(string array, int image, int length) => _arrays[array].Values.AsSpan(image * length, length);
}
