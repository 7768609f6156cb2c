using ConvScope.Networks;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Training;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

public sealed class RunningTotalsTests
{
    [Test]
    public void Read_BatchesOfOtherSizes_WeighByImages()
    {
        using var scope = NewDisposeScope();
        using var totals = new RunningTotals(CPU, new MulticlassTask());
        totals.Add(tensor(1.0f), tensor(new float[,] { { 1, 0 }, { 0, 1 }, { 2, 1 } }), tensor(new long[] { 0, 1, 1 }));
        totals.Add(tensor(5.0f), tensor(new float[,] { { 0, 1 } }), tensor(new long[] { 1 }));

        var scores = totals.Read();
        Assert.That((scores.Loss, scores.Accuracy), Is.EqualTo(((3 * 1.0 + 1 * 5.0) / 4, 3.0 / 4)));
        Assert.That(scores.Confusion!.Counts, Is.EqualTo(new long[] { 1, 0, 1, 2 }));
    }

    [Test]
    public void Read_ManySmallLosses_KeepDoublePrecision()
    {
        using var totals = new RunningTotals(CPU, new MulticlassTask());
        using var labels = zeros(1, ScalarType.Int64);
        using var outputs = zeros(1, 2);
        using var large = tensor(100_000_000.0f);
        using var small = tensor(1.0f);
        totals.Add(large, outputs, labels);
        for (var i = 0; i < 9; i++)
            totals.Add(small, outputs, labels); // a float's sum would stay at 100,000,000

        Assert.That(totals.Read().Loss, Is.EqualTo(100_000_009.0 / 10));
    }

    [Test]
    public void Read_LossThatIsNotANumber_IsKept()
    {
        using var totals = new RunningTotals(CPU, new MulticlassTask());
        using var loss = tensor(float.NaN);
        using var outputs = zeros(1, 2);
        using var labels = zeros(1, ScalarType.Int64);
        totals.Add(loss, outputs, labels);
        var scores = totals.Read();
        Assert.That((scores.Loss, scores.Accuracy), Is.EqualTo((double.NaN, 1.0)));
    }

    [Test]
    public void Dispose_InsideACallersScope_LeavesNoNativeTensor() => Assert.That(NativeTensors.LeftBehindBySecond(
        () =>
        {
            using var scope = NewDisposeScope();
            using var totals = new RunningTotals(CPU, new MulticlassTask());
            totals.Add(tensor(1.0f), zeros(1, 2), zeros(1, ScalarType.Int64));
            totals.Read();
        }), Is.Zero);
}
