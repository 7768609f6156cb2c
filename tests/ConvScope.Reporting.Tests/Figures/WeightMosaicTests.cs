using ConvScope.Records.Checkpoints;
using ConvScope.Reporting.Figures;
using ConvScope.Reporting.Palettes;
using SkiaSharp;

namespace ConvScope.Reporting.Tests.Figures;

/// <summary>What stands in the PNG files, pixel by pixel; they have twice the size of the drawing.</summary>
public sealed class WeightMosaicTests
{
    private const int Left = 58, Top = 120; // of the tiles, in the drawing
    private static readonly SKColor _gap = SKColor.Parse("#b9bec7");

    [Test]
    public void Picture_OfKernels_HasEachWeightsColourAtItsPlace()
    {
        var array = Random(2, 4, 3, 2);
        using var png = Png(array);
        var limit = TensorStatistics.Measure(array.Values).Limit;

        const int Zoom = 32; // three weights down a tile of 96
        ForEach(array, (f, c, y, x, weight) => AssertSquare(
            png, Left + 1 + f * (2 * Zoom + 1) + x * Zoom, Top + 1 + c * (3 * Zoom + 1) + y * Zoom, Zoom, DivergingPalette.At(weight, limit), $"weight [{f},{c},{y},{x}]"));
    }

    [Test]
    public void Picture_OfOneChannelFilters_HasEachWeightsColourAtItsPlace()
    {
        var array = Random(5, 1, 4, 4);
        using var png = Png(array);
        var limit = TensorStatistics.Measure(array.Values).Limit;

        const int Zoom = 24, Cell = 4 * Zoom + 1; // three filters a row
        ForEach(array, (f, _, y, x, weight) => AssertSquare(
            png, Left + 1 + f % 3 * Cell + x * Zoom, Top + 1 + f / 3 * Cell + y * Zoom, Zoom, DivergingPalette.At(weight, limit), $"weight [{f},0,{y},{x}]"));
    }

    [Test]
    public void Picture_OfColourFilters_IsHalfPlusWeightByTwiceTheLimit()
    {
        var array = Random(1, 3, 2, 2);
        using var png = Png(array);
        var limit = TensorStatistics.Measure(array.Values).Limit;

        for (var place = 0; place < 4; place++)
        {
            var expected = Enumerable.Range(0, 3).Select(plane => 255 * Math.Clamp(0.5 + array.Values[plane * 4 + place] / (2 * limit), 0, 1)).ToArray();
            var actual = At(png, Left + 1 + place % 2 * 48 + 24, Top + 1 + place / 2 * 48 + 24);
            Assert.That(new double[] { actual.Red, actual.Green, actual.Blue }, Is.EqualTo(expected).Within(1.01), $"place {place}");
        }
    }

    [Test]
    public void Picture_OfAMatrix_HasOneRowAUnitAndNoGaps()
    {
        var array = Random(3, 5);
        using var png = Png(array);
        var limit = TensorStatistics.Measure(array.Values).Limit;

        for (var unit = 0; unit < 3; unit++)
        {
            for (var input = 0; input < 5; input++)
                AssertSquare(png, Left + input * 14, Top + unit * 14, 14, DivergingPalette.At(array.Values[unit * 5 + input], limit), $"weight [{unit},{input}]");
        }
    }

    [Test]
    public void Picture_BetweenTilesAndInEmptyPlaces_IsBackground()
    {
        using var png = Png(Random(5, 1, 4, 4));

        AssertSquare(png, Left, Top, 1, _gap, "corner");
        AssertSquare(png, Left + 97, Top + 50, 1, _gap, "between two filters");
        AssertSquare(png, Left + 50, Top + 97, 1, _gap, "between two rows");
        AssertSquare(png, Left + 3 * 97, Top + 2 * 97, 1, _gap, "far corner");
        AssertSquare(png, Left + 2 * 97 + 1, Top + 97 + 1, 96, _gap, "the sixth place of five filters");
        AssertSquare(png, Left - 1, Top - 1, 1, SKColors.White, "outside");
    }

    [Test]
    public void Picture_OfAnEmptyPlaceAmongSingleWeights_IsNotTheColourOfZero()
    {
        using var png = Png(Random(3, 1, 1, 1));
        AssertSquare(png, Left + 14, Top + 14, 14, _gap, "the fourth place of three filters");
    }

    [TestCase(4, 2, 3, 3)]
    [TestCase(4, 1, 3, 3)]
    [TestCase(4, 5)]
    public void Picture_AllZero_IsAllNeutral(params int[] shape)
    {
        using var picture = new WeightMosaic(Zero(shape), 0).Picture();
        Assert.That(picture.Pixels.Where(pixel => pixel != _gap).Distinct(), Is.EqualTo(new[] { DivergingPalette.Neutral }));
    }

    [Test]
    public void Picture_AllZeroInColour_IsMediumGrey()
    {
        using var picture = new WeightMosaic(Zero(4, 3, 2, 2), 0).Picture();
        Assert.That(picture.Pixels.Where(pixel => pixel != _gap).Distinct(), Is.EqualTo(new[] { new SKColor(127, 127, 127) }));
    }

    [TestCase(2, 2, 2, 2)]
    [TestCase(2, 1, 2, 2)]
    [TestCase(2, 3, 2, 2)]
    [TestCase(2, 2)]
    public void Picture_NaNAndInfinity_AreMagentaAndBlack(params int[] shape)
    {
        var array = Zero(shape);
        array.Values[0] = float.NaN;
        array.Values[1] = float.NegativeInfinity;
        using var picture = new WeightMosaic(array, 0).Picture();
        var cell = picture.Pixels.Count(pixel => pixel == SKColors.Magenta);

        Assert.That(cell, Is.Positive);
        Assert.That(picture.Pixels.Count(pixel => pixel == SKColors.Black), Is.EqualTo(cell));
        Assert.That(picture.GetPixel(shape.Length == 2 ? 0 : 1, shape.Length == 2 ? 0 : 1), Is.EqualTo(SKColors.Magenta));
    }

    [Test]
    public void Picture_AllNaN_IsAllMagenta()
    {
        var array = Zero(3, 2, 2, 2);
        Array.Fill(array.Values, float.NaN);
        using var picture = new WeightMosaic(array, 0).Picture();
        Assert.That(picture.Pixels.Where(pixel => pixel != _gap).Distinct(), Is.EqualTo(new[] { SKColors.Magenta }));
    }

    [Test]
    public void Draw_AColourBar_RunsFromRedToBlue()
    {
        using var png = Png(Random(2, 4, 3, 2));
        var bar = Left + 2 * 65 + 1 + 26 + 9;
        Assert.That(At(png, bar, Top), Is.EqualTo(SKColor.Parse("#67001f")));
        Assert.That(At(png, bar, Top + 119), Is.EqualTo(SKColor.Parse("#053061")));
    }

    [Test]
    public void Draw_ValuesBeyondTheScale_AddsArrowsToTheBar()
    {
        var (all, clipped) = (Zero(2, 2, 2, 2), Random(2, 2, 2, 2));
        Array.Fill(all.Values, 1); // no value lies beyond the 99.5th percentile
        using var without = Png(all);
        using var with = Png(clipped);
        var bar = Left + 2 * 97 + 1 + 26 + 9;

        Assert.That(At(with, bar, Top - 4), Is.EqualTo(SKColor.Parse("#67001f")));
        Assert.That(At(without, bar, Top - 4), Is.EqualTo(SKColors.White));
    }

    [TestCase("a", 6, 1, 5, 5)]
    [TestCase("features.denseblock4.denselayer24.conv2.weight.of.the.second.branch", 1, 1, 1, 1)]
    [TestCase("classifier.weight", 751, 2)]
    [TestCase("conv", 4, 2, 3, 3)]
    [TestCase("conv", 2, 40, 1, 1)]
    public void Draw_AnyShape_LeavesAWhiteMargin(string name, params int[] shape)
    {
        using var png = Png(Zero(shape) with { Name = name });
        for (var pixel = 0; pixel < 24; pixel++)
        {
            Assert.That(Enumerable.Range(0, png.Height).Select(y => png.GetPixel(png.Width - 1 - pixel, y)), Is.All.EqualTo(SKColors.White), "right");
            Assert.That(Enumerable.Range(0, png.Width).Select(x => png.GetPixel(x, png.Height - 1 - pixel)), Is.All.EqualTo(SKColors.White), "bottom");
        }
    }

    [Test]
    public void Draw_KernelsOfOneValue_NumbersTheFilters()
    {
        using var png = Png(Zero(8, 4, 1, 1));
        var labels = Enumerable.Range(0, 8).Count(filter => Enumerable.Range(0, 2 * 14).Any(x => png.GetPixel(2 * (Left + filter * 14) + x, 2 * (Top - 10)) != SKColors.White));
        Assert.That(labels, Is.EqualTo(4), "every second");
    }

    private static SKBitmap Png(NamedArray array)
    {
        using var folder = new TemporaryFolder();
        var mosaic = new WeightMosaic(array, 937);
        using var picture = mosaic.Picture();
        FigureFile.Write(folder.File("mosaic"), mosaic.Size, mosaic.Draw, picture, WeightMosaic.Place);
        var png = SKBitmap.Decode(folder.File("mosaic.png"));
        Assert.That(png.Info.Size, Is.EqualTo(new SKSizeI(2 * mosaic.Size.Width, 2 * mosaic.Size.Height)));
        return png;
    }

    private static void AssertSquare(SKBitmap png, int left, int top, int side, SKColor color, string what)
    {
        foreach (var (x, y) in new[] { (0, 0), (side, 0), (0, side), (side, side) })
            Assert.That(png.GetPixel(2 * left + (x == 0 ? 0 : 2 * x - 1), 2 * top + (y == 0 ? 0 : 2 * y - 1)), Is.EqualTo(color), what);
        Assert.That(At(png, left + side / 2, top + side / 2), Is.EqualTo(color), what);
    }

    private static void ForEach(NamedArray array, Action<int, int, int, int, float> check)
    {
        var (channels, height, width) = ((int)array.Shape[1], (int)array.Shape[2], (int)array.Shape[3]);
        for (var index = 0; index < array.Values.Length; index++)
            check(index / width / height / channels, index / width / height % channels, index / width % height, index % width, array.Values[index]);
    }

    private static SKColor At(SKBitmap png, int x, int y) => png.GetPixel(2 * x, 2 * y);

    private static NamedArray Zero(params int[] shape) =>
        new("conv.weight", [.. shape.Select(length => (long)length)], new float[shape.Aggregate((product, length) => product * length)]);

    private static NamedArray Random(params int[] shape)
    {
        var (array, random) = (Zero(shape), new Random(5));
        for (var index = 0; index < array.Values.Length; index++)
            array.Values[index] = random.NextSingle() - 0.5f;
        return array;
    }
}
