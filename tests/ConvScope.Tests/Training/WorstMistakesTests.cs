using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

public sealed class WorstMistakesTests
{
    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(100)]
    public void Read_BatchesOfAnySize_GivesTheSixteenWorstOfTheSlowLoop(int batchSize)
    {
        using var scope = NewDisposeScope();
        var (outputs, labels) = Random(100);
        using var worst = new WorstMistakes(new MulticlassTask());
        for (var start = 0; start < 100; start += batchSize)
        {
            var size = Math.Min(batchSize, 100 - start);
            worst.Add(outputs.narrow(0, start, size), labels.narrow(0, start, size), start);
        }

        var expected = Slow(outputs, labels).OrderByDescending(mistake => mistake.Loss).Take(16).ToArray();
        var found = worst.Read();
        Assert.That(found.Select(mistake => (mistake.Row, mistake.Label, mistake.Predicted)), Is.EqualTo(expected.Select(mistake => (mistake.Row, mistake.Label, mistake.Predicted))));
        Assert.That(found.Select(mistake => mistake.Loss), Is.EqualTo(expected.Select(mistake => mistake.Loss)).Within(1e-5));
        Assert.That(found.Select(mistake => mistake.Probability), Is.EqualTo(expected.Select(mistake => mistake.Probability)).Within(1e-6));
    }

    [Test]
    public void Read_FewMistakes_GivesThoseAlone()
    {
        using var scope = NewDisposeScope();
        using var worst = new WorstMistakes(new MulticlassTask());
        worst.Add(tensor(new[,] { { 5f, 0f }, { 0f, 5f }, { 1f, 0f } }), tensor(new[] { 0L, 0L, 1L }), 10);
        Assert.That(worst.Read().Select(mistake => mistake.Row), Is.EqualTo(new[] { 11, 12 }));
    }

    [Test]
    public void Read_OutputsThatAreNoNumbers_LeavesThemOut()
    {
        using var scope = NewDisposeScope();
        using var worst = new WorstMistakes(new MulticlassTask());
        worst.Add(tensor(new[,] { { float.NaN, 0f }, { 0f, 5f } }), tensor(new[] { 0L, 0L }), 0);
        Assert.That(worst.Read().Select(mistake => mistake.Row), Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void Read_NothingLookedAt_IsEmpty()
    {
        using var worst = new WorstMistakes(new MulticlassTask());
        Assert.That(worst.Read(), Is.Empty);
    }

    private static (Tensor Outputs, Tensor Labels) Random(int count)
    {
        using var generator = new Generator(3);
        return (randn(count, 5, generator: generator).mul_(3), randint(0, 5, [count], dtype: ScalarType.Int64, generator: generator));
    }

    private static IEnumerable<Mistake> Slow(Tensor outputs, Tensor labels)
    {
        for (var row = 0; row < outputs.shape[0]; row++)
        {
            var logits = ToyTraining.Values(outputs[row]);
            var label = (int)labels[row].item<long>();
            var predicted = Array.IndexOf(logits, logits.Max());
            var sum = logits.Sum(Math.Exp);
            if (predicted != label)
                yield return new Mistake(row, label, predicted, Math.Exp(logits[predicted]) / sum, Math.Log(sum) - logits[label]);
        }
    }
}
