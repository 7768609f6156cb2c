using ConvScope.Native;
using ConvScope.Training.NonFinite;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

/// <summary>The first loss that is not finite, looked at each step or every few, as on a GPU.</summary>
public sealed class LossWatchTests
{
    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    [TestCase(float.NegativeInfinity)]
    public void Add_OnTheCpu_TellsAtOnce(float bad)
    {
        using var watch = new LossWatch(CPU);
        Assert.That(Feed(watch, 10, 0.5f, -3e38f, bad, bad), Is.EqualTo(new[] { (12L, 12L, (double)bad), (13, 13, bad) }));
    }

    [Test]
    public void Add_EveryFewSteps_TellsTheFirstStepWhenTheyAreRead()
    {
        using var watch = new LossWatch(CPU, interval: 4);
        Assert.That(Feed(watch, 100, 1, 2, 3, 4, 5, float.NaN, float.PositiveInfinity, 8, 9),
            Is.EqualTo(new[] { (107L, 105L, double.NaN) }));
        Assert.That(watch.Read(), Is.Null, "the one that was added since is finite");
    }

    [Test]
    public void Read_BeforeItIsTime_TellsWhatWasAddedSince()
    {
        using var watch = new LossWatch(CPU, interval: 4);
        Assert.That(Feed(watch, 0, 1, 2, 3, 4, float.PositiveInfinity), Is.Empty);
        Assert.That(watch.Read(), Is.EqualTo((4L, double.PositiveInfinity)));
        Assert.That(watch.Read(), Is.Null, "told once");
    }

    [Test]
    public void Add_AnyTypeOfLoss_ReadsIt([Values(ScalarType.Float64, ScalarType.Float32, ScalarType.BFloat16)] ScalarType type,
        [Values(1, 2)] int interval)
    {
        using var watch = new LossWatch(CPU, interval);
        using var scope = NewDisposeScope();
        Assert.That(watch.Add(0, tensor(1.5).to(type).requires_grad_()), Is.Null);
        Assert.That(watch.Add(1, tensor(double.NaN).to(type).reshape(1)), Is.EqualTo((1L, double.NaN)));
    }

    [Test]
    public void Add_ManySteps_LeavesNoTensor([Values(1, 3)] int interval)
    {
        using var loss = tensor(1f);
        Assert.That(NativeTensors.LeftBehindBySecond(Run), Is.Zero);

        void Run()
        {
            using var watch = new LossWatch(CPU, interval);
            for (var step = 0; step < 20; step++)
                watch.Add(step, loss);
        }
    }

    /// <summary>At which step, from <paramref name="first"/>, what was told.</summary>
    private static List<(long Told, long Step, double Loss)> Feed(LossWatch watch, long first, params float[] losses)
    {
        var told = new List<(long, long, double)>();
        for (var index = 0; index < losses.Length; index++)
        {
            using var loss = tensor(losses[index]);
            if (watch.Add(first + index, loss) is { } bad)
                told.Add((first + index, bad.Step, bad.Loss));
        }

        return told;
    }
}
