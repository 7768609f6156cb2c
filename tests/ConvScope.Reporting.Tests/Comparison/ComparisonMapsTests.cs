using ConvScope.Records.Checkpoints;
using ConvScope.Reporting.Comparison;

namespace ConvScope.Reporting.Tests.Comparison;

public sealed class ComparisonMapsTests
{
    [Test]
    public void IndexAt_AnyShape_MeetsEveryElementOnce([Values("7", "3x4", "2x3x5", "3x2x5x4", "2x3x2x2x2")] string shape)
    {
        var array = TensorComparisonTests.Random(shape, 1);
        var layout = TensorLayout.Of(array.Shape);
        var indices = from row in Enumerable.Range(0, (int)layout.Rows) from column in Enumerable.Range(0, (int)layout.Columns) select layout.IndexAt(row, column);
        Assert.That(indices.Where(index => index < array.Values.Length).Order(), Is.EqualTo(Enumerable.Range(0, array.Values.Length)));
    }

    [Test]
    public void IndexAt_Convolution_KeepsEachKernelTogether()
    {
        var layout = TensorLayout.Of([3, 2, 5, 4]);
        Assert.That((layout.Rows, layout.Columns), Is.EqualTo((15L, 8L)));
        Assert.That(layout.IndexAt(row: 5 * 2 + 3, column: 4 + 1), Is.EqualTo(((2 * 2 + 1) * 5 + 3) * 4 + 1), "output 2, input 1, row 3, column 1");
    }

    [Test]
    public void Compare_SmallerThanTheMap_ShowsEachElement()
    {
        NamedArray first = new("t", [2, 2], [1, 2, 0, -1]), second = new("t", [2, 2], [1, 1, 0, 1]);
        var maps = TensorComparison.Compare(first, second).Maps!;
        Assert.That((maps.Rows, maps.Columns, maps.PooledRows, maps.PooledColumns), Is.EqualTo((2, 2, 1, 1)));
        Assert.That(maps.First, Is.EqualTo(first.Values));
        Assert.That(maps.Second, Is.EqualTo(second.Values));
        Assert.That(maps.Difference, Is.EqualTo(new[] { 0, 1, 0, -2 }));
        Assert.That(maps.Similarity, Is.EqualTo(new[] { 1, 2 / 3f, 1, 0 }));
    }

    [Test]
    public void Compare_LargerThanTheMap_AveragesBlocks()
    {
        NamedArray first = TensorComparisonTests.Random("10x7", 1), second = TensorComparisonTests.Random("10x7", 2);
        var maps = TensorComparison.Compare(first, second, new ComparisonOptions { MapSize = 4 }).Maps!;
        Assert.That((maps.Rows, maps.Columns, maps.PooledRows, maps.PooledColumns), Is.EqualTo((4, 4, 3, 2)));
        for (var row = 0; row < 4; row++)
        {
            for (var column = 0; column < 4; column++)
            {
                var block = from y in Enumerable.Range(3 * row, row == 3 ? 1 : 3) from x in Enumerable.Range(2 * column, column == 3 ? 1 : 2) select first.Values[y * 7 + x] - second.Values[y * 7 + x];
                Assert.That(maps.Difference[row * 4 + column], Is.EqualTo(block.Average()).Within(1e-6));
            }
        }
    }

    [Test]
    public void Compare_Scatter_CountsPairsInSquareBins()
    {
        NamedArray first = new("t", [4], [-1, 1, 0.4f, 0.9f]), second = new("t", [4], [-0.9f, 1, -0.4f, -1]);
        var scatter = TensorComparison.Compare(first, second, new ComparisonOptions { ScatterBins = 2 }).Scatter!;
        Assert.That((scatter.Minimum, scatter.Maximum), Is.EqualTo((-1, 1)));
        Assert.That(scatter.Counts, Is.EqualTo(new[] { 1, 2, 0, 1 }), "below: both negative, first positive; above: first negative, both positive");
        Assert.That(scatter.Points, Is.EqualTo(new ScatterPoint[] { new(0, -1, -0.9f), new(1, 1, 1), new(2, 0.4f, -0.4f), new(3, 0.9f, -1) }));
    }

    [Test]
    public void Compare_NothingNegative_StartsTheScatterAtZero() =>
        Assert.That(TensorComparison.Compare(new("t", [2], [0, 3]), new("t", [2], [1, 2])).Scatter!.Minimum, Is.Zero);
}
