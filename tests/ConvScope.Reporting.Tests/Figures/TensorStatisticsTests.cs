using ConvScope.Reporting.Figures;

namespace ConvScope.Reporting.Tests.Figures;

/// <summary>The numbers printed under a mosaic's title, against a slow twin that follows their definitions word by word.</summary>
public sealed class TensorStatisticsTests
{
    [Test]
    public void Measure_RandomValues_AgreesWithTheSlowTwin([Values(1, 2, 3, 200, 201, 1000)] int count, [Values(1e-5, 0.1, 1e6)] double scale)
    {
        var random = new Random(count);
        var values = Enumerable.Range(0, count).Select(_ => (float)(scale * (random.NextDouble() - 0.3) * random.NextDouble())).ToArray();
        var magnitudes = values.Select(value => (double)Math.Abs(value)).Order().ToArray();
        var mean = values.Average(value => (double)value);

        var statistics = TensorStatistics.Measure(values);

        Assert.That(statistics.Minimum, Is.EqualTo(values.Min()));
        Assert.That(statistics.Maximum, Is.EqualTo(values.Max()));
        Assert.That(statistics.Mean, Is.EqualTo(mean).Within(1e-9 * scale));
        Assert.That(statistics.StandardDeviation, Is.EqualTo(Math.Sqrt(values.Average(value => (value - mean) * (value - mean)))).Within(1e-6 * scale));
        Assert.That(statistics.NearZeroShare, Is.EqualTo(values.Count(value => Math.Abs(value) < 0.001) / (double)count));
        Assert.That(statistics.Limit, Is.EqualTo(SlowPercentile(magnitudes, 0.995)).Within(1e-6 * scale));
        Assert.That(statistics.ClippedShare, Is.EqualTo(values.Count(value => Math.Abs(value) > statistics.Limit) / (double)count));
        Assert.That(statistics.NonFinite, Is.Zero);
    }

    // numpy.percentile([1, 2, 4, 8], 100 * share)
    [TestCase(0, 1)]
    [TestCase(0.25, 1.75)]
    [TestCase(0.5, 3)]
    [TestCase(0.9, 6.8)]
    [TestCase(1, 8)]
    public void Percentile_BetweenTwoRanks_IsInterpolatedLinearly(double share, double expected) =>
        Assert.That(TensorStatistics.Percentile([1, 2, 4, 8], share), Is.EqualTo((float)expected));

    [Test]
    public void Percentile_OfOneValue_IsThatValue() => Assert.That(TensorStatistics.Percentile([3], 0.995), Is.EqualTo(3));

    [Test]
    public void Measure_OneOutlierInAThousand_IsClippedAndCounted()
    {
        var values = Enumerable.Repeat(0.5f, 1000).ToArray();
        values[417] = -20;

        var statistics = TensorStatistics.Measure(values);

        Assert.That(statistics.Limit, Is.EqualTo(0.5f), "the outlier does not stretch the scale");
        Assert.That(statistics.ClippedShare, Is.EqualTo(0.001));
    }

    [Test]
    public void Measure_NearlyAllZero_HasAScaleForTheRest()
    {
        var values = new float[1000];
        values[3] = -0.25f;

        Assert.That(TensorStatistics.Measure(values), Has.Property("Limit").EqualTo(0.25f).And.Property("ClippedShare").Zero);
    }

    [Test]
    public void Measure_NaNAndInfinities_AreCountedApart()
    {
        var statistics = TensorStatistics.Measure([float.NaN, 1, float.PositiveInfinity, 3, float.NegativeInfinity]);

        Assert.That(statistics with { Limit = 0 }, Is.EqualTo(new TensorStatistics(1, 2, 1, 3, 0, 3, 0, 0.5)));
        Assert.That(statistics.Limit, Is.EqualTo(2.99f).Within(1e-6));
    }

    [TestCase(0)]
    [TestCase(4)]
    public void Measure_NoFiniteValue_IsAllZero(int count) =>
        Assert.That(TensorStatistics.Measure([.. Enumerable.Repeat(float.NaN, count)]), Is.EqualTo(new TensorStatistics(0, 0, 0, 0, 0, count, 0, 0)));

    [Test]
    public void Measure_AllZero_IsAllNearZero() => Assert.That(TensorStatistics.Measure(new float[7]), Is.EqualTo(new TensorStatistics(0, 0, 0, 0, 1, 0, 0, 0)));

    [Test]
    public void ToString_FiniteValues_IsOneLine() => Assert.That(
        TensorStatistics.Measure([-0.5f, 0, 0.0005f, 0.25f]).ToString(),
        Is.EqualTo("min -0.5   mean -0.0624   std 0.272   max 0.25   |w| < 0.001: 50.0 %"));

    [Test]
    public void ToString_ValuesThatAreNotFinite_SaysHowMany() =>
        Assert.That(TensorStatistics.Measure([1, float.NaN, float.NaN]).ToString(), Does.EndWith("|w| < 0.001: 0.0 %   not finite: 2"));

    /// <summary>numpy's default: the value at rank q·(n−1), between two ranks on the straight line through both.</summary>
    private static double SlowPercentile(double[] sorted, double share)
    {
        var rank = share * (sorted.Length - 1);
        return sorted[(int)Math.Floor(rank)] * (1 - (rank - Math.Floor(rank))) + sorted[(int)Math.Ceiling(rank)] * (rank - Math.Floor(rank));
    }
}
