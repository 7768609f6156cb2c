using ConvScope.Records.Checkpoints;
using ConvScope.Reporting.Comparison;

namespace ConvScope.Reporting.Tests.Comparison;

public sealed class UnitMatchingTests
{
    [TestCase("6x1x5x5")]
    [TestCase("120x16x5x5")]
    [TestCase("84x480")]
    public void Compare_PermutedUnits_FindsThePermutation(string shape)
    {
        var first = Gaussian(shape);
        var order = Enumerable.Range(0, (int)first.Shape[0]).ToArray();
        new Random(4).Shuffle(order);
        var length = first.Values.Length / order.Length;
        var second = TensorComparisonTests.Noisy(first with { Values = [.. order.SelectMany(unit => first.Values.Skip(unit * length).Take(length))] }, 0.01);

        var units = TensorComparison.Compare(first, second).Units!;

        Assert.That(units.Partners, Is.EqualTo(Enumerable.Range(0, order.Length).Select(unit => Array.IndexOf(order, unit))));
        Assert.That(units.Cosines, Has.All.GreaterThan(0.99));
        Assert.That(units.MeanAfter, Is.GreaterThan(0.99).And.GreaterThan(units.MeanBefore));
    }

    [Test]
    public void Largest_SmallRandomMatrices_EqualsTryingAllPermutations([Range(1, 6)] int count, [Values(1, 2, 3)] int seed)
    {
        var random = new Random(seed);
        var gains = new double[count, count];
        for (var i = 0; i < count * count; i++)
            gains[i / count, i % count] = Math.Round(random.NextDouble(), 1) - 0.3; // with ties
        var columns = Assignment.Largest(gains);
        Assert.That(columns.Order(), Is.EqualTo(Enumerable.Range(0, count)));
        Assert.That(columns.Select((column, row) => gains[row, column]).Sum(), Is.EqualTo(Best(gains, 0, [.. Enumerable.Range(0, count)])).Within(1e-12));
    }

    [Test]
    public void Compare_UnitsOfZeros_HaveCosineZero()
    {
        var zeros = new NamedArray("t", [3, 2], new float[6]);
        Assert.That(TensorComparison.Compare(zeros, zeros).Units!.Cosines, Is.EqualTo(new[] { 0, 0, 0 }));
    }

    [Test]
    public void Compare_BiasOrOtherUnits_IsNotMatched()
    {
        Assert.That(TensorComparison.Compare(Gaussian("8"), Gaussian("8")).Units, Is.Null);
        Assert.That(TensorComparison.Compare(Gaussian("4x6"), Gaussian("3x8")).Units, Is.Null);
    }

    private static NamedArray Gaussian(string shape)
    {
        var random = new Random(7);
        var array = TensorComparisonTests.Random(shape, 1);
        return array with { Values = [.. array.Values.Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))] };
    }

    private static double Best(double[,] gains, int row, int[] left) =>
        row == gains.GetLength(0) ? 0 : left.Max(column => gains[row, column] + Best(gains, row + 1, [.. left.Where(other => other != column)]));
}
