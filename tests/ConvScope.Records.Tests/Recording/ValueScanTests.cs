using ConvScope.Records.Recording;

namespace ConvScope.Records.Tests.Recording;

public sealed class ValueScanTests
{
    private static readonly float[] _usual = [0, -0f, 1, -1, 1e-5f, 1.1754944e-38f, -1.1754944e-38f, 1e10f, -1e10f, 0.3f];
    private static readonly float[] _unusual = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1.4e-45f, -1.4e-45f, 1.1754942e-38f, 1.001e10f, -1.001e10f, float.MaxValue];

    [Test]
    public void IsDue_UsualValues_IsNot([Range(0, 40)] int length) => Assert.That(ValueScan.IsDue([.. Enumerable.Range(0, length).Select(index => _usual[index % _usual.Length])]), Is.False);

    [TestCaseSource(nameof(_unusual))]
    public void IsDue_OneUnusualValueAnywhere_Is(float value)
    {
        for (var place = 0; place < 37; place++)
        {
            float[] values = [.. Enumerable.Repeat(0.5f, 37)];
            values[place] = value;
            Assert.That(ValueScan.IsDue(values), Is.True, $"at {place}");
        }
    }

    [Test]
    public void Of_MixedValues_CountsAndMeasures()
    {
        Assert.That(ValueScan.Of<float>([0, 0, 1.4e-45f, 3, float.NaN, -2e20f]), Is.EqualTo(new ValueScan(1, 0.25, 1.401298464324817e-45, 2e20f, AreAlike: false)));
        Assert.That(ValueScan.Of<double>([5e-324, 0, 1e300, 1e300, 7]), Is.EqualTo(new ValueScan(0, 0.25, 5e-324, 1e300, AreAlike: true)));
        Assert.That(ValueScan.Of<float>([0, 0]), Is.EqualTo(new ValueScan(0, 0, 0, 0, AreAlike: true)));
        Assert.That(ValueScan.Of<float>([]), Is.EqualTo(new ValueScan(0, 0, 0, 0, AreAlike: true)));
    }
}
