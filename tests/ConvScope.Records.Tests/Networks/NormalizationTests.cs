using ConvScope.Records.Networks;

namespace ConvScope.Records.Tests.Networks;

public sealed class NormalizationTests
{
    [TestCase(0.0, "0")]
    [TestCase(-1.0, "-1")]
    [TestCase(double.NaN, "NaN")]
    [TestCase(double.PositiveInfinity, "Infinity")]
    public void Constructor_ScaleThatIsNotPositive_NamesIt(double scale, string text) =>
        Assert.That(Assert.Throws<ArgumentException>(() => _ = new Normalization(scale, [0], [1]))!.Message,
            Is.EqualTo($"The scale of a normalisation is positive; it got {text}. (Parameter 'scale')"));

    [TestCase(0, 0)]
    [TestCase(1, 2)]
    [TestCase(3, 1)]
    public void Constructor_ListsThatDoNotPair_NamesBothLengths(int means, int deviations) =>
        Assert.That(Assert.Throws<ArgumentException>(() => _ = new Normalization(1, new double[means], [.. Enumerable.Repeat(1.0, deviations)]))!.Message,
            Is.EqualTo($"A normalisation needs one mean and one standard deviation a channel; it got {means} and {deviations}. (Parameter 'mean')"));

    [TestCase(double.NaN, 1.0)]
    [TestCase(double.NegativeInfinity, 1.0)]
    [TestCase(0.0, 0.0)]
    [TestCase(0.0, -1.0)]
    [TestCase(0.0, double.PositiveInfinity)]
    public void Constructor_ValueOutOfRange_SaysWhatIsAllowed(double mean, double deviation) =>
        Assert.That(Assert.Throws<ArgumentException>(() => _ = new Normalization(1, [mean], [deviation]))!.Message,
            Is.EqualTo("Means are finite and standard deviations positive. (Parameter 'standardDeviation')"));

    [Test]
    public void Constructor_NoList_NamesTheArgument()
    {
        Assert.That(Assert.Throws<ArgumentNullException>(() => _ = new Normalization(1, null!, [1]))!.ParamName, Is.EqualTo("mean"));
        Assert.That(Assert.Throws<ArgumentNullException>(() => _ = new Normalization(1, [0], null!))!.ParamName, Is.EqualTo("standardDeviation"));
    }

    [Test]
    public void Centred_ThreeChannels_TakesBytesToMinusOneToOne()
    {
        var normalization = Normalization.Centred(3);
        Assert.That(normalization.Mean, Is.EqualTo(new[] { 0.5, 0.5, 0.5 }));
        Assert.That((0 * normalization.Scale - normalization.Mean[2]) / normalization.StandardDeviation[2], Is.EqualTo(-1));
        Assert.That((255 * normalization.Scale - normalization.Mean[2]) / normalization.StandardDeviation[2], Is.EqualTo(1));
    }
}
