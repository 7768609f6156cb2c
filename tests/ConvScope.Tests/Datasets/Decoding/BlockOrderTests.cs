using ConvScope.Datasets.Decoding;

namespace ConvScope.Tests.Datasets.Decoding;

/// <summary>The order in which a streamed set is read.</summary>
public sealed class BlockOrderTests
{
    [TestCase(1, 16, 256)]
    [TestCase(1000, 1, 1)]
    [TestCase(1000, 16, 4)]
    [TestCase(1003, 7, 1000)]
    [TestCase(50, 100, 2)]
    public void Create_AnySizes_HasEveryImageOnce(int count, int blockSize, int mixedBlocks) =>
        Assert.That(BlockOrder.Create(count, 5, blockSize, mixedBlocks).Order(), Is.EqualTo(Enumerable.Range(0, count)));

    [Test]
    public void Create_SameSeed_IsTheSame()
    {
        var first = BlockOrder.Create(500, 9, 16, 4);
        Assert.That(BlockOrder.Create(500, 9, 16, 4), Is.EqualTo(first));
    }

    [Test]
    public void Create_AnotherSeed_IsAnother() => Assert.That(BlockOrder.Create(500, 9, 16, 4), Is.Not.EqualTo(BlockOrder.Create(500, 10, 16, 4)));

    [Test]
    public void Create_Window_HoldsWholeBlocksInRandomOrder()
    {
        var order = BlockOrder.Create(1600, 3, 16, 10);
        foreach (var window in order.Chunk(160))
        {
            Assert.That(window.Select(index => index / 16).Distinct().Count(), Is.EqualTo(10));
            Assert.That(window, Is.Not.Ordered);
        }
    }

    [Test]
    public void Create_BlocksAreMixed_BatchHasImagesFromAllOverTheSet()
    {
        var batch = BlockOrder.Create(10_000, 3, 16, 256).Take(256);
        Assert.That(batch.Select(index => index / 1000).Distinct().Count(), Is.EqualTo(10));
    }

    [Test]
    public void Create_OfThree_GivesEachOrderAboutEquallyOften()
    {
        var counts = Enumerable.Range(0, 6000).GroupBy(seed => string.Join("", BlockOrder.Create(3, (ulong)seed, 1, 3))).ToDictionary(group => group.Key, group => group.Count());
        Assert.That(counts, Has.Count.EqualTo(6));
        Assert.That(counts.Values, Is.All.InRange(850, 1150));
    }
}
