using ConvScope.Training;
using ConvScope.Training.Optimization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training.Optimization;

/// <summary>The formulas against TorchSharp's own schedulers.</summary>
internal sealed class LearningRateScheduleTests
{
    private const int Steps = 60, StepsPerEpoch = 6;

    private static readonly object[] _bad =
    [
        new OneCycleSchedule { RisingShare = 1 }, new OneCycleSchedule { StartDivisor = 0.5 }, new CosineSchedule { WarmUpEpochs = -1 }, new CosineSchedule { FinalShare = 2 }, new StepSchedule { Epochs = 0 },
        new StepSchedule { Change = 0 }, new PlateauSchedule { Change = 1 }, new PlateauSchedule { Patience = -1 },
    ];

    [Test]
    public void OneCycle_TorchSharps_Agrees() => AssertAgrees(new OneCycleSchedule(), optimizer => optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps: Steps, cycle_momentum: false), stepsAtEpochs: false);

    [Test]
    public void Cosine_TorchSharps_Agrees() => AssertAgrees(new CosineSchedule { FinalShare = 0.1 }, optimizer => optim.lr_scheduler.CosineAnnealingLR(optimizer, Steps, eta_min: 0.01), stepsAtEpochs: false);

    [Test]
    public void Step_TorchSharps_Agrees() => AssertAgrees(new StepSchedule { Epochs = 3, Change = 0.5 }, optimizer => optim.lr_scheduler.StepLR(optimizer, 3, 0.5), stepsAtEpochs: true);

    [Test]
    public void Cosine_WarmUp_RisesLinearly()
    {
        var schedule = new CosineSchedule { WarmUpEpochs = 0.5 };
        double[] factors = [.. Enumerable.Range(0, 4).Select(step => schedule.Factor(step, Steps, StepsPerEpoch, []))];
        Assert.That(factors, Is.EqualTo(new[] { 1 / 3.0, 2 / 3.0, 1, 1 }).Within(1e-12));
    }

    [Test]
    public void Plateau_TorchSharps_Agrees()
    {
        double[] losses = [1, 0.9, 0.95, 0.91, 0.92, 0.8, 0.81, 0.81, 0.81, 0.82, 0.83, 0.84, 0.5, double.NaN, 0.6, 0.7];
        using var parameter = new Parameter(zeros(1));
        using var optimizer = optim.SGD([parameter], 0.1);
        var scheduler = optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor: 0.5, patience: 2, threshold: 1e-4);
        var schedule = new PlateauSchedule { Change = 0.5, Patience = 2 };
        var epochs = new List<EpochMetrics>();
        foreach (var (index, loss) in losses.Index())
        {
            scheduler.step(loss);
            epochs.Add(new EpochMetrics(index + 1, losses.Length, 9, 0, loss, 0, 1));
            Assert.That(0.1 * schedule.Factor(0, Steps, StepsPerEpoch, epochs), Is.EqualTo(optimizer.ParamGroups.First().LearningRate).Within(1e-9), $"epoch {index + 1}");
        }
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void OneCycle_VeryShortTraining_StaysInRange(int steps)
    {
        for (var step = 0; step < steps; step++)
            Assert.That(new OneCycleSchedule().Factor(step, steps, 1, []), Is.InRange(0, 1));
    }

    [TestCaseSource(nameof(_bad))]
    public void Validate_ValueOutOfRange_IsNamed(LearningRateSchedule schedule) =>
        Assert.That(schedule.Validate, Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("must be"));

    private static void AssertAgrees(LearningRateSchedule schedule, Func<optim.Optimizer, optim.lr_scheduler.LRScheduler> create, bool stepsAtEpochs)
    {
        using var parameter = new Parameter(zeros(1));
        using var optimizer = optim.SGD([parameter], 0.1);
        var scheduler = create(optimizer);
        for (var step = 0; step < Steps; step++)
        {
            if (stepsAtEpochs && step > 0 && step % StepsPerEpoch == 0)
                scheduler.step();
            Assert.That(0.1 * schedule.Factor(step, Steps, StepsPerEpoch, []), Is.EqualTo(optimizer.ParamGroups.First().LearningRate).Within(1e-9), $"step {step}");
            if (!stepsAtEpochs)
                scheduler.step();
        }
    }
}
