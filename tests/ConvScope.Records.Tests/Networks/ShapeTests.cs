using ConvScope.Records.Networks;

namespace ConvScope.Records.Tests.Networks;

public sealed class ShapeTests
{
    [TestCase(new[] { 3, 0, 2 }, "[3, 0, 2]")]
    [TestCase(new[] { -1, -1 }, "[-1, -1]")]
    [TestCase(new[] { 65536, 65536 }, "[65536, 65536]")]
    public void Constructor_ImpossibleAxes_NamesThem(int[] axes, string text) =>
        Assert.That(Assert.Throws<ArgumentException>(() => _ = new Shape(axes))!.Message,
            Is.EqualTo($"A shape needs positive axes with a product of at most 2147483647; it got {text}. (Parameter 'axes')"));

    [Test]
    public void Constructor_NoAxes_SaysSo() =>
        Assert.That(Assert.Throws<ArgumentException>(() => _ = new Shape())!.Message, Is.EqualTo("A shape needs at least one axis. (Parameter 'axes')"));

    [Test]
    public void Members_OfMaps_AreTheAxes()
    {
        var shape = new Shape(6, 28, 30);
        Assert.That((shape.IsMaps, shape.Channels, shape.Height, shape.Width, shape.Count), Is.EqualTo((true, 6, 28, 30, 5040)));
        Assert.That(shape.ToString(), Is.EqualTo("6x28x30"));
    }

    [Test]
    public void Members_OfFlatFeatures_HaveOneRowAndColumn()
    {
        var shape = new Shape(84);
        Assert.That((shape.IsMaps, shape.Channels, shape.Height, shape.Width, shape.Count), Is.EqualTo((false, 84, 1, 1, 84)));
    }

    [Test]
    public void Equals_SameAxes_HoldsAlsoForTheHashCode()
    {
        var (first, second) = (new Shape(1, 2, 3), new Shape(1, 2, 3));
        Assert.That(second, Is.EqualTo(first));
        Assert.That(second.GetHashCode(), Is.EqualTo(first.GetHashCode()));
        Assert.That(new Shape(1, 2, 3), Is.Not.EqualTo(new Shape(1, 3, 2)));
        Assert.That(new Shape(6), Is.Not.EqualTo(new Shape(6, 1, 1)));
    }
}
