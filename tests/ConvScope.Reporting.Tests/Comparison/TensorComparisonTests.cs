using ConvScope.Records.Checkpoints;
using ConvScope.Reporting.Comparison;

namespace ConvScope.Reporting.Tests.Comparison;

/// <summary>The numbers of a comparison against slow twins that follow their definitions word by word.</summary>
public sealed class TensorComparisonTests
{
    [Test]
    public void Compare_RandomTensors_AgreesWithTheSlowTwin([Values("1", "7", "3x4", "2x3x5", "6x1x5x5", "16x6x5x5", "400x500")] string shape, [Values(0, 0.001, 1)] double noise)
    {
        NamedArray first = Random(shape, 1), second = Noisy(first, noise);
        double[] a = Doubles(first), b = Doubles(second);

        var comparison = TensorComparison.Compare(first, second);
        var agreement = comparison.Agreement!;

        Assert.That(agreement.Pairs, Is.EqualTo(a.Length));
        Assert.That(agreement.Cosine, Is.EqualTo(Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b))).Within(1e-12));
        Assert.That(agreement.Pearson, a.Length == 1 ? Is.Null : Is.EqualTo(Pearson(a, b)).Within(1e-12));
        Assert.That(comparison.Spearman, a.Length == 1 ? Is.Null : Is.EqualTo(Pearson(Ranks(a), Ranks(b))).Within(1e-12));
        Assert.That(agreement.RelativeDistance, Is.EqualTo(Math.Sqrt(a.Zip(b).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second)) / Dot(a, a))).Within(1e-12));
        var differences = a.Zip(b).Select(pair => Math.Abs(pair.First - pair.Second)).ToArray();
        Assert.That((agreement.LargestDifference, agreement.LargestDifferenceAt), Is.EqualTo((differences.Max(), Array.IndexOf(differences, differences.Max()))));
        Assert.That(agreement.SignAgreement, Is.EqualTo(a.Zip(b).Average(pair => Math.Sign(pair.First) == Math.Sign(pair.Second) ? 1.0 : 0.0)).Within(1e-12));
        Assert.That(agreement.AllClose, Is.EqualTo(a.Zip(b).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-8 + 1e-5 * Math.Abs(pair.Second))));
        Assert.That(comparison.Notes, Is.Empty);
        Assert.That(comparison.Scatter!.Counts.Sum(), Is.EqualTo(a.Length));
    }

    [Test]
    public void Compare_OneTensorAlone_IsSummedUp()
    {
        var array = Random("5x7", 2);
        var values = Doubles(array);
        var summary = TensorComparison.Compare(array, array).First;
        Assert.That((summary.Name, summary.Shape, summary.Count, summary.NonFinite), Is.EqualTo(("t", "5x7", 35L, 0L)));
        Assert.That(summary.Mean, Is.EqualTo(values.Average()).Within(1e-12));
        Assert.That(summary.StandardDeviation, Is.EqualTo(Math.Sqrt(values.Average(value => Math.Pow(value - values.Average(), 2)))).Within(1e-12));
        Assert.That((summary.Minimum, summary.Maximum), Is.EqualTo((values.Min(), values.Max())));
        Assert.That(summary.Norm, Is.EqualTo(Math.Sqrt(Dot(values, values))).Within(1e-12));
    }

    [Test]
    public void Compare_LargeMeanAndSmallSpread_KeepsTheCorrelation()
    {
        var first = new NamedArray("t", [1000], [.. Enumerable.Range(0, 1000).Select(index => 10_000 + index % 7 * 0.01f)]);
        Assert.That(TensorComparison.Compare(first, first).Agreement!.Pearson, Is.EqualTo(1).Within(1e-12));
    }

    [Test]
    public void Compare_ElementsThatAreNotFinite_AreCountedAndLeftOut()
    {
        var first = new NamedArray("t", [5], [1, float.NaN, 3, 4, float.PositiveInfinity]);
        var second = new NamedArray("t", [5], [1, 2, float.NegativeInfinity, 4, 5]);
        var comparison = TensorComparison.Compare(first, second);
        Assert.That((comparison.First.NonFinite, comparison.Second.NonFinite, comparison.Agreement!.Pairs), Is.EqualTo((2L, 1L, 2L)));
        Assert.That(comparison.Notes[0], Is.EqualTo("Of the first tensor 2 of 5 elements are no finite numbers (1 NaN, 1 infinite); they are left out of everything here."));
        Assert.That(comparison.Agreement.Cosine, Is.EqualTo(1).Within(1e-12));
        Assert.That(comparison.Agreement.AllClose, Is.False, "as numpy has it");
        Assert.That(comparison.Scatter!.Points.Select(point => point.Index), Is.EqualTo(new[] { 0, 3 }));
        Assert.That(comparison.Maps!.Difference, Is.EqualTo(new[] { 0, float.NaN, float.NaN, 0, float.NaN, float.NaN }), "the last cell of a wrapped axis is empty");
    }

    [Test]
    public void Compare_NothingFinite_DefinesNothing()
    {
        var array = new NamedArray("t", [2], [float.NaN, float.NaN]);
        var comparison = TensorComparison.Compare(array, array);
        Assert.That(comparison.Agreement, Is.EqualTo(new ElementAgreement(0, null, null, null, null, -1, null, false)));
        Assert.That(comparison.Spearman, Is.Null);
    }

    [Test]
    public void Compare_Zeros_HaveNoDirection()
    {
        var zeros = new NamedArray("t", [4], new float[4]);
        var agreement = TensorComparison.Compare(zeros, zeros).Agreement!;
        Assert.That((agreement.Cosine, agreement.Pearson, agreement.RelativeDistance, agreement.SignAgreement, agreement.AllClose), Is.EqualTo(((double?)null, (double?)null, (double?)null, (double?)1, true)));
    }

    [Test]
    public void Compare_DifferentShapes_SaysSoAndGivesWhatIsDefined()
    {
        var comparison = TensorComparison.Compare(Random("3x4", 1), Random("4x3", 1));
        Assert.That(comparison.Notes, Is.EqualTo(new[] { "t is 3x4 and t is 4x3: their elements cannot be paired." }));
        Assert.That((comparison.Agreement, comparison.Spearman, comparison.Maps, comparison.Scatter, comparison.Units), Is.EqualTo(((object?)null, (object?)null, (object?)null, (object?)null, (object?)null)));
        Assert.That(comparison.First.Norm, Is.GreaterThan(0));
    }

    [Test]
    public void Compare_Twice_GivesTheSameBits()
    {
        NamedArray first = Random("300x700", 3), second = Noisy(first, 0.5);
        TensorComparison one = TensorComparison.Compare(first, second), two = TensorComparison.Compare(first, second);
        Assert.That(two.Agreement, Is.EqualTo(one.Agreement));
        Assert.That(two.First, Is.EqualTo(one.First));
        Assert.That(two.Maps!.Similarity, Is.EqualTo(one.Maps!.Similarity));
    }

    [Test]
    public void Compare_BadInput_SaysWhatIsWrong()
    {
        var array = Random("3", 1);
        Assert.That(Assert.Throws<ArgumentException>(() => TensorComparison.Compare(array, new NamedArray("w", [2, 2], new float[3])))!.Message, Does.StartWith("Tensor 'w' of shape 2x2 needs 4 values; there are 3."));
        Assert.That(Assert.Throws<ArgumentException>(() => TensorComparison.Compare(new NamedArray("w", [0, 2], []), array))!.Message, Does.StartWith("Tensor 'w' is empty"));
        Assert.That(Assert.Throws<ArgumentOutOfRangeException>(() => TensorComparison.Compare(array, array, new ComparisonOptions { ScatterBins = 1 }))!.Message, Does.StartWith("ScatterBins must be 2 to 128."));
    }

    [Test]
    [Category("Slow")]
    public void Compare_TwentyFiveMillionElements_SamplesRanksAndPoolsMaps()
    {
        var first = new NamedArray("fc6", [4096, 6104], new float[4096 * 6104]);
        for (var i = 0; i < first.Values.Length; i++)
            first.Values[i] = (i * 31 % 1009 - 504) / 504f;
        var comparison = TensorComparison.Compare(first, first with { Values = [.. first.Values] });
        Assert.That(comparison.Agreement!.Pearson, Is.EqualTo(1).Within(1e-12));
        Assert.That(comparison.Spearman, Is.EqualTo(1).Within(1e-12));
        Assert.That((comparison.Maps!.Rows, comparison.Maps.Columns, comparison.Maps.PooledRows, comparison.Maps.PooledColumns), Is.EqualTo((256, 255, 16, 24)));
        Assert.That(comparison.Notes, Has.One.StartsWith("Spearman's correlation is that of every 26th element").And.One.StartsWith("Units are matched for at most"));
    }

    internal static NamedArray Random(string shape, int seed)
    {
        long[] axes = [.. shape.Split('x').Select(long.Parse)];
        var random = new Random(seed);
        return new NamedArray("t", axes, [.. Enumerable.Range(0, (int)axes.Aggregate((one, two) => one * two)).Select(_ => (float)(Math.Round(random.NextDouble() * 40) / 10 - 1.7))]); // with ties
    }

    internal static NamedArray Noisy(NamedArray array, double noise)
    {
        var random = new Random(9);
        return array with { Values = [.. array.Values.Select(value => (float)(value + noise * (random.NextDouble() - 0.5)))] };
    }

    internal static double[] Doubles(NamedArray array) => Array.ConvertAll(array.Values, value => (double)value);

    internal static double Dot(double[] a, double[] b) => a.Zip(b).Sum(pair => pair.First * pair.Second);

    private static double Pearson(double[] a, double[] b)
    {
        double meanOfA = a.Average(), meanOfB = b.Average();
        double[] one = [.. a.Select(value => value - meanOfA)], two = [.. b.Select(value => value - meanOfB)];
        return Dot(one, two) / Math.Sqrt(Dot(one, one) * Dot(two, two));
    }

    private static double[] Ranks(double[] values)
    {
        var sorted = values.Order().ToArray();
        var places = sorted.Select((value, index) => (value, index)).GroupBy(entry => entry.value).ToDictionary(group => group.Key, group => group.Average(entry => entry.index));
        return [.. values.Select(value => places[value])];
    }
}
