using ConvScope.Records.Checkpoints;
using ConvScope.Reporting.Figures;

namespace ConvScope.Reporting.Tests.Figures;

public sealed class MosaicLayoutTests
{
    [Test]
    public void Create_OneChannel_IsOneTileAFilter()
    {
        var layout = Layout(6, 1, 5, 4);

        Assert.That(layout.Tiles, Is.EqualTo(new[] { 0, 20, 40, 60, 80, 100 }));
        Assert.That((layout.Columns, layout.Rows, layout.TileHeight, layout.TileWidth, layout.RowStride), Is.EqualTo((3, 2, 5, 4, 4)));
        Assert.That(layout.RowLabels, Is.EqualTo(new[] { 0, 3 }), "the first filter of each row");
        Assert.That(layout.ColumnLabels, Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That(layout.Caption, Is.EqualTo("one tile a filter, 3 a row"));
        Assert.That(layout.ColorPlanes, Is.False);
    }

    [Test]
    public void Create_FiltersThatDoNotFillTheGrid_LeavesPlacesEmpty() => Assert.That(Layout(5, 1, 3, 3).Tiles, Is.EqualTo(new[] { 0, 9, 18, 27, 36, -1 }));

    [Test]
    public void Create_ThreeChannels_IsOneColourTileAFilter()
    {
        var layout = Layout(4, 3, 2, 2);

        Assert.That(layout.Tiles, Is.EqualTo(new[] { 0, 12, 24, 36 }));
        Assert.That(layout.ColorPlanes);
        Assert.That(layout.Caption, Is.EqualTo("one tile a filter, 2 a row, true colour: 0.5 + w / 2s"));
    }

    [Test]
    public void Create_ManyChannels_IsFiltersByChannels()
    {
        var layout = Layout(3, 2, 3, 3);

        Assert.That(layout.Tiles, Is.EqualTo(new[] { 0, 18, 36, 9, 27, 45 }), "first channel of every filter, then the second");
        Assert.That((layout.Columns, layout.Rows), Is.EqualTo((3, 2)));
        Assert.That(layout.Caption, Is.EqualTo("columns: filters, rows: input channels"));
    }

    [Test]
    public void Create_FullyConnected_IsOneRowAUnit()
    {
        var layout = Layout(3, 7);

        Assert.That(layout.Tiles, Is.EqualTo(new[] { 0, 7, 14 }));
        Assert.That((layout.Columns, layout.Rows, layout.TileHeight, layout.TileWidth), Is.EqualTo((1, 3, 1, 7)));
        Assert.That(layout.Caption, Is.EqualTo("rows: units, columns: inputs"));
    }

    [TestCase(new long[] { 84, 120 }, true)]
    [TestCase(new long[] { 8, 4, 1, 1 }, true)]
    [TestCase(new long[] { 1, 1, 1, 1 }, true)]
    [TestCase(new long[] { 8, 4, 1, 5 }, false)]
    [TestCase(new long[] { 8, 4, 5, 1 }, false)]
    [TestCase(new long[] { 8, 4, 3, 3 }, false)]
    public void IsMatrix_OfAShape_SaysWhetherValuesStandSideBySide(long[] shape, bool expected) => Assert.That(Layout(shape).IsMatrix, Is.EqualTo(expected));

    [TestCase(1, 1, 1, 1)]
    [TestCase(1, 1, 7, 7)]
    [TestCase(1, 3, 5, 5)]
    [TestCase(1, 4, 1, 1)]
    [TestCase(9, 2, 1, 3)]
    [TestCase(2, 2048, 1, 1)]
    [TestCase(1365, 3, 2, 2)]
    [TestCase(1, 1)]
    [TestCase(1, 90)]
    [TestCase(90, 1)]
    public void Create_AnyShapeThatFits_ShowsEveryValueOnce(params int[] shape)
    {
        var layout = Layout([.. shape.Select(length => (long)length)]);
        var planes = layout.ColorPlanes ? 3 : 1;
        var shown = layout.Tiles.Where(tile => tile >= 0).SelectMany(tile => Enumerable.Range(0, planes * layout.TileHeight)
            .SelectMany(row => Enumerable.Range(tile + row * layout.RowStride, layout.TileWidth)));

        Assert.That(shown.Order(), Is.EqualTo(Enumerable.Range(0, shape.Aggregate((product, length) => product * length))));
        Assert.That(layout.Caption, Does.Not.Contain("left out"));
        Assert.That((layout.RowLabels.Count, layout.ColumnLabels.Count), Is.EqualTo((layout.Rows, layout.Columns)));
    }

    [TestCase(new long[] { 5000, 1, 1, 1 }, "one tile a filter, 64 a row; the 4,096 of 5,000 filters with the largest norms, 904 left out")]
    [TestCase(new long[] { 1366, 3, 1, 1 }, "columns: filters, rows: input channels; the 64 of 1,366 filters with the largest norms, 1,302 left out")]
    [TestCase(new long[] { 2, 2049, 1, 1 }, "columns: filters, rows: input channels; the 64 of 2,049 channels with the largest norms, 1,985 left out")]
    [TestCase(new long[] { 70, 80, 1, 1 },
        "columns: filters, rows: input channels; the 64 of 70 filters with the largest norms, 6 left out; the 64 of 80 channels with the largest norms, 16 left out")]
    [TestCase(new long[] { 800, 1 }, "rows: units, columns: inputs; the 750 of 800 units with the largest norms, 50 left out")]
    [TestCase(new long[] { 2, 1600 }, "rows: units, columns: inputs; the first 1,500 of 1,600 inputs")]
    public void Create_LargerThanTheCaps_SaysWhatIsLeftOut(long[] shape, string caption) => Assert.That(Layout(shape).Caption, Is.EqualTo(caption));

    [Test]
    public void Create_TooManyKernels_KeepsTheLargestNormsInTheirOwnOrder()
    {
        var array = Array(70, 80, 1, 1);
        for (var kernel = 0; kernel < 70 * 80; kernel++)
            array.Values[kernel] = kernel / 80 < 6 || kernel % 80 >= 64 ? 0 : kernel % 2 == 0 ? -1 : 1; // filters 0 to 5 and channels 64 to 79 are dead

        var layout = MosaicLayout.Create(array);

        Assert.That(layout.ColumnLabels, Is.EqualTo(Enumerable.Range(6, 64)));
        Assert.That(layout.RowLabels, Is.EqualTo(Enumerable.Range(0, 64)));
        Assert.That(layout.Tiles.Take(2), Is.EqualTo(new[] { 6 * 80, 7 * 80 }));
    }

    [Test]
    public void Create_TooManyUnits_KeepsTheLargestNormsInTheirOwnOrder()
    {
        var array = Array(751, 2);
        System.Array.Fill(array.Values, 1);
        array.Values[2 * 300] = 0;

        Assert.That(MosaicLayout.Create(array).RowLabels, Is.EqualTo(Enumerable.Range(0, 751).Where(unit => unit != 300)));
    }

    [Test]
    public void Create_ConvolutionOfSignals_HasATileAKernel()
    {
        Assert.That((Layout(8, 1, 5).Tiles.Count(tile => tile >= 0), Layout(8, 1, 5).TileHeight, Layout(8, 1, 5).TileWidth), Is.EqualTo((8, 1, 5)));
        Assert.That((Layout(8, 4, 5).Rows, Layout(8, 4, 5).Columns, Layout(8, 4, 5).TileWidth), Is.EqualTo((4, 8, 5)));
    }

    [Test]
    public void Create_ConvolutionOfVolumes_HasATileADepth()
    {
        var layout = Layout(6, 2, 3, 4, 5);
        Assert.That((layout.Rows, layout.Columns, layout.TileHeight, layout.TileWidth), Is.EqualTo((6, 6, 4, 5)));
        Assert.That(layout.Caption, Is.EqualTo("columns: filters, rows: input channels, each with its depths"));
    }

    [Test]
    public void Create_OneAxis_IsRefused() => Assert.That(
        () => Layout(6), Throws.ArgumentException.With.Message.StartsWith("'conv.weight' has shape 6; a mosaic shows two to five axes."));

    private static MosaicLayout Layout(params long[] shape) => MosaicLayout.Create(Array(shape));

    private static NamedArray Array(params long[] shape) => new("conv.weight", shape, new float[shape.Aggregate((product, length) => product * length)]);
}
