using ConvScope.Records.Checkpoints;
using ConvScope.Reporting.Checkpoints;

namespace ConvScope.Reporting.Tests.Checkpoints;

/// <summary>The counting scan against sorting.</summary>
public sealed class ParameterDistributionTests
{
    [TestCase("normal", 300_000)]
    [TestCase("normal", 65_537)]
    [TestCase("ties", 300_000)]
    [TestCase("zeros", 300_000)]
    [TestCase("extremes", 300_000)]
    [TestCase("positive", 700_001)]
    public void Measure_ManyValues_EqualsSorting(string kind, int count)
    {
        var random = new Random(1);
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            values[i] = kind switch
            {
                "normal" => (float)(0.02 * normal + 0.001),
                "ties" => (float)Math.Round(normal),
                "zeros" => 0,
                "positive" => (float)Math.Abs(normal),
                _ => random.Next(4) switch { 0 => float.NaN, 1 => float.NegativeInfinity, 2 => (float)(normal * 1e30), _ => (float)(normal * 1e-40) },
            };
        }

        var tensor = StoredTensor.Of(new NamedArray("w", [count], values));
        var (fast, slow) = (ParameterDistribution.Measure(tensor), SmallDistribution.Measure(tensor));
        Assert.That(fast.Percentiles, Is.EqualTo(slow.Percentiles));
        Assert.That((fast.Minimum, fast.Maximum, fast.NonFinite, fast.NearZeroShare, fast.Count), Is.EqualTo((slow.Minimum, slow.Maximum, slow.NonFinite, slow.NearZeroShare, slow.Count)));
        Assert.That(fast.Mean, Is.EqualTo(slow.Mean).Within(1e-9).Percent.Or.EqualTo(slow.Mean).Within(1e-15));
        Assert.That(fast.StandardDeviation, Is.EqualTo(slow.StandardDeviation).Within(1e-9).Percent);
        Assert.That(fast.Norm, Is.EqualTo(slow.Norm).Within(1e-9).Percent);
        Assert.That(fast.Histogram.Sum(), Is.EqualTo(count - fast.NonFinite));
        Assert.That(fast.ScaleLimit, Is.EqualTo(slow.ScaleLimit));
        Assert.That(fast.ClippedShare, Is.EqualTo(slow.ClippedShare).Within(1e-12));
        Assert.That(ParameterDistribution.Measure(tensor).Mean, Is.EqualTo(fast.Mean), "the threads change no bit");
    }

    [Test]
    public void Measure_FewValuesByHand_GivesThem()
    {
        var measured = ParameterDistribution.Measure(StoredTensor.Of(new NamedArray("w", [5], [1, 2, 3, 4, float.NaN])));
        Assert.That((measured.Count, measured.NonFinite, measured.Mean, measured.Minimum, measured.Maximum), Is.EqualTo((5, 1, 2.5, 1.0, 4.0)));
        Assert.That(measured.StandardDeviation, Is.EqualTo(Math.Sqrt(1.25)).Within(1e-15));
        Assert.That(measured.Norm, Is.EqualTo(Math.Sqrt(30)).Within(1e-14));
        Assert.That(measured.Percentiles[3], Is.EqualTo(2.5));
        Assert.That(measured.Sparkline, Has.Length.EqualTo(ParameterDistribution.Bins / 2));
    }

    [Test]
    public void Measure_NothingFinite_GivesZeros() => Assert.That(ParameterDistribution.Measure(StoredTensor.Of(new NamedArray("w", [2], [float.NaN, float.NaN]))).Norm, Is.Zero);
}
