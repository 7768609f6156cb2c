using ConvScope.Augmentation;
using ConvScope.Inspection;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.Optimization;
using ConvScope.Training.Saving;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training.Optimization;

internal sealed class UpdatesTests
{
    private static readonly OptimizerSpec[] _optimizers =
    [
        new SgdOptimizer { Momentum = 0.9, Nesterov = true, WeightDecay = 0.1 }, new AdamOptimizer { WeightDecay = 0.1 }, new AdamWOptimizer { WeightDecay = 0.1 }, new RmsPropOptimizer { Momentum = 0.5, WeightDecay = 0.1 },
    ];

    private static readonly object[] _bad =
    [
        new SgdOptimizer { WeightDecay = -1 }, new SgdOptimizer { Momentum = 1 }, new SgdOptimizer { Momentum = 0, Nesterov = true }, new AdamOptimizer { Beta1 = 1 }, new AdamWOptimizer { Epsilon = 0 }, new RmsPropOptimizer { Alpha = -1 },
    ];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Create() => _folder = new TemporaryFolder();

    [TearDown]
    public void Free() => _folder.Dispose();

    [TestCaseSource(nameof(_optimizers))]
    public void Apply_ThreeSteps_FollowTheFormulaWithDecayOnWeightsAlone(OptimizerSpec spec)
    {
        using var network = ToyTraining.Network.CreateModule(1);
        using var updates = new Updates(network, new TrainingOptions { Optimizer = spec, LearningRate = 0.01 }, 10);
        using var scope = NewDisposeScope();
        var parameters = network.named_parameters().Where(pair => pair.name.StartsWith("fc2", StringComparison.Ordinal)).ToArray();
        var twins = parameters.Select(pair => new OptimizerTwin(spec, ToyTraining.Values(pair.parameter), decays: pair.name == "fc2.weight", learningRate: 0.01)).ToArray();
        for (var step = 0; step < 3; step++)
        {
            updates.Begin(step, []);
            foreach (var parameter in network.parameters())
                parameter.grad = sin(arange(parameter.NumberOfElements, ScalarType.Float32).add(step)).reshape(parameter.shape);
            foreach (var twin in twins)
                twin.Step([.. twin.Values.Select((_, index) => Math.Sin(index + step))]);
            updates.Apply(step);
        }

        foreach (var ((name, parameter), twin) in parameters.Zip(twins))
            Assert.That(ToyTraining.Values(parameter), Is.EqualTo(twin.Values).Within(1e-5), name);
    }

    [TestCaseSource(nameof(_optimizers))]
    public void Apply_Bias_DoesNotDecay(OptimizerSpec spec)
    {
        using var network = ToyTraining.Network.CreateModule(1);
        using var updates = new Updates(network, new TrainingOptions { Optimizer = spec, LearningRate = 0.01 }, 10);
        using var scope = NewDisposeScope();
        var bias = network.named_parameters().Single(pair => pair.name == "fc2.bias").parameter;
        var before = ToyTraining.Values(bias);
        updates.Begin(0, []);
        foreach (var parameter in network.parameters())
            parameter.grad = zeros_like(parameter);
        updates.Apply(0);
        Assert.That(ToyTraining.Values(bias), Is.EqualTo(before));
    }

    [Test]
    public void Apply_LargeGradients_AreScaledTogether()
    {
        using var network = ToyTraining.Network.CreateModule(1);
        using var updates = new Updates(network, new TrainingOptions { LargestGradientNorm = 2, LearningRate = 0.01 }, 10);
        using var scope = NewDisposeScope();
        updates.Begin(0, []);
        foreach (var parameter in network.parameters())
            parameter.grad = ones_like(parameter);
        updates.Apply(0);
        var gradients = network.parameters().SelectMany(parameter => ToyTraining.Values(parameter.grad!)).ToArray();
        Assert.That(gradients.Distinct().Count(), Is.EqualTo(1));
        Assert.That(SlowTwin.Norm(gradients), Is.EqualTo(2).Within(1e-4));
    }

    [Test]
    public void Train_WeightAverage_IsTheRunningAverageOfTheWeightsAfterEachStep()
    {
        var seen = new List<double[]>();
        using var network = ToyTraining.Network.CreateModule(1);
        using var images = ToyTraining.Images();
        var first = ToyTraining.Values(network.parameters().First());
        new Trainer(new TrainingOptions { Epochs = 1, BatchSize = 16, WeightAverage = 0.5 }, [new AtEachStep(() => seen.Add(ToyTraining.Values(network.parameters().First())))]).Train(network, images);
        var average = first;
        foreach (var (step, weights) in seen.Index())
        {
            var share = Math.Min(0.5, (step + 1.0) / (step + 10));
            average = [.. average.Zip(weights, (old, now) => share * old + (1 - share) * now)];
        }

        Assert.That(ToyTraining.Values(network.parameters().First()), Is.EqualTo(average).Within(1e-6));
    }

    [Test]
    public void Train_EarlyStopping_EndsAfterPatienceWithTheBestWeights()
    {
        using var network = ToyTraining.Network.CreateModule(1);
        using var train = ToyTraining.Images(12);
        using var validation = ToyTraining.Images(60, seed: 9);
        var weights = new List<double[]>();
        var result = new Trainer(
            new TrainingOptions { Epochs = 200, BatchSize = 4, LearningRate = 0.1, EarlyStopping = new EarlyStopping { Patience = 3 } },
            [new AtEachEpoch(() => weights.Add(ToyTraining.Values(network.parameters().First())))]).Train(network, train, validation);
        var best = result.Epochs.MinBy(epoch => epoch.ValidationLoss)!.Epoch;
        Assert.That(result.Epochs, Has.Count.EqualTo(best + 3).And.Count.LessThan(200));
        Assert.That(ToyTraining.Values(network.parameters().First()), Is.EqualTo(weights[best - 1]));
        Assert.That(Evaluator.Evaluate(network, validation).Loss, Is.EqualTo(result.Epochs[best - 1].ValidationLoss).Within(1e-9));
        Assert.That(() => new Trainer(new TrainingOptions { EarlyStopping = new EarlyStopping() }).Train(network, train), Throws.ArgumentException.With.Message.Contains("validation set"));
    }

    [TestCaseSource(nameof(_optimizers))]
    public void Train_Resumed_ContinuesToTheSameBits(OptimizerSpec optimizer)
    {
        var options = new TrainingOptions
        {
            Epochs = 4, BatchSize = 16, Optimizer = optimizer, LearningRate = 0.003, Schedule = new OneCycleSchedule(), Augmentations = [new Shift(1), new MixUp()], LabelSmoothing = 0.1, LargestGradientNorm = 1, WeightAverage = 0.9,
            EarlyStopping = new EarlyStopping { Patience = 9 },
        };
        var whole = Run(options);
        using var interruption = new CancellationTokenSource();
        var saving = options with { Checkpoints = new CheckpointOptions(_folder.File("c")) };
        Assert.That(() => Run(saving, new AtStep(14, interruption.Cancel), interruption.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Run(saving with { ResumeFrom = _folder.File("c") }), Is.EqualTo(whole));
    }

    [Test]
    public void Train_Schedule_IsToldAndRecorded()
    {
        using var network = ToyTraining.Network.CreateModule(1);
        using var images = ToyTraining.Images();
        using (var recorder = new RunRecorder(new InspectionOptions(_folder.File("run")) { Level = InspectionLevel.Light }, ToyTraining.Network))
            new Trainer(new TrainingOptions { Epochs = 2, BatchSize = 16, LearningRate = 0.02, Schedule = new StepSchedule { Epochs = 1, Change = 0.5 } }, [recorder]).Train(network, images);
        using var record = RunRecord.Open(_folder.File("run"));
        Assert.That(record.Read(QuantityNames.LearningRate, "").Select(reading => reading.Value), Is.SubsetOf(new[] { 0.02, 0.01 }).And.Not.Empty);
    }

    [TestCaseSource(nameof(_bad))]
    public void Validate_ValueOutOfRange_IsNamed(OptimizerSpec spec) => Assert.That(spec.Validate, Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("must be"));

    private static double[] Run(TrainingOptions options, TrainingObserver? observer = null, CancellationToken cancellation = default)
    {
        using var network = ToyTraining.Network.CreateModule(5);
        using var train = ToyTraining.Images();
        using var validation = ToyTraining.Images(30, seed: 4);
        new Trainer(options, observer is null ? [] : [observer]).Train(network, train, validation, cancellation);
        return [.. network.parameters().SelectMany(parameter => ToyTraining.Values(parameter))];
    }

    private sealed class AtEachStep(Action act) : TrainingObserver
    {
        public override void OnStepCompleted(StepCompleted completed) => act();
    }

    private sealed class AtEachEpoch(Action act) : TrainingObserver
    {
        public override void OnEpochCompleted(EpochCompleted completed) => act();
    }
}
