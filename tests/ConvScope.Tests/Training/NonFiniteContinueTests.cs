using ConvScope.Inspection;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Quantities;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.Images;
using ConvScope.Training.NonFinite;
using ConvScope.Training.Optimization;
using ConvScope.Training.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

/// <summary>
/// A training that goes on although it is no longer finite: it is told once, changed by nothing, and nothing of it is kept that is not
/// finite.
/// </summary>
public sealed class NonFiniteContinueTests
{
    private static readonly TrainingOptions _options = new() { Epochs = 3, BatchSize = 8, LearningRate = 0.05, Seed = 6,
        OnNonFinite = NonFiniteAction.Continue };

    /// <summary>What the search for a layer could disturb: running statistics, and numbers that are drawn.</summary>
    private static readonly NetworkSpec _stateful = new("toy", new Shape(1, 8, 8), Normalization.Centred(1),
        [new Conv2dLayer("conv", 4, 3), new BatchNorm2dLayer("norm"), new ReluLayer("relu"), new FlattenLayer("flatten"),
            new DropoutLayer("drop", 0.3), new LinearLayer("fc", 3)]);

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Train_GoingOn_CompletesWithOneWarningAndTellsOnce([Values(1, 2)] int interval)
    {
        using var data = ToyImages.Create(20);
        using var network = ToyImages.Network.CreateModule(2);
        var (logger, told) = (new ListLogger(), new Told());
        var result = new Trainer(_options, [Spoiling(network, step: 3), told], logger) { LossInterval = interval }.Train(network, data,
            data);
        Assert.That(result.Epochs.Select(epoch => (double.IsFinite(epoch.TrainLoss), epoch.HasFiniteWeights)),
            Is.EqualTo(new[] { (true, true), (false, false), (false, false) }));
        Assert.That((result.NonFinite!.Step, result.NonFinite.Epoch, result.Steps), Is.EqualTo((4L, 2, 9L)));
        Assert.That(told.States, Is.EqualTo(new[] { result.NonFinite }));
        Assert.That(logger.Warnings, Has.Count.EqualTo(1));
        Assert.That(logger.Warnings[0], Does.StartWith($"The training is no longer finite, and goes on all the same. {result.NonFinite}"));
    }

    [Test]
    public void Train_InfiniteLossesWithFiniteWeights_IsChangedByNoBit()
    {
        using var data = ToyImages.Create(20);
        using var network = Far();
        using var bare = Far();
        var result = new Trainer(_options with { Seed = 6 }).Train(network, data);
        Assert.That(result.NonFinite!.Step, Is.Zero);

        using var scope = NewDisposeScope();
        using var order = new Generator(6);
        using var optimizer = optim.SGD(bare.parameters(), 0.05, 0.9);
        manual_seed(6);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            foreach (var rows in randperm(20, ScalarType.Int64, generator: order).data<long>().ToArray().Chunk(8))
            {
                optimizer.zero_grad();
                nn.functional.cross_entropy(bare.call(data.Images[tensor(rows)]), data.Labels[tensor(rows)]).backward();
                optimizer.step();
            }
        }

        Assert.That(ParameterBits.Of(network), Is.EqualTo(ParameterBits.Of(bare)));
        Assert.That(network.state_dict()["norm.running_var"].bytes.ToArray(),
            Is.EqualTo(bare.state_dict()["norm.running_var"].bytes.ToArray()));
    }

    [Test]
    public void Train_ModuleOfOnesOwn_IsNotCalledASecondTime()
    {
        using var data = ToyImages.Create(20);
        using var network = new Counting();
        var result = new Trainer(_options with { Epochs = 1 }).Train(network, data);
        Assert.That(network.Calls, Is.EqualTo(3), "once a step: it may hold state");
        Assert.That(result.NonFinite!.ToString(),
            Is.EqualTo("The loss of step 0 (epoch 1) is NaN; not finite are 'fc.weight' (192 of 192 values)."));
        Assert.That(result.NonFinite.Layer, Is.EqualTo("fc"));
    }

    [Test]
    public void Train_WeightsThatAreNotFinite_AreNeverACheckpointAndDriveOutNone()
    {
        using var data = ToyImages.Create(20);
        using var network = ToyImages.Network.CreateModule(2);
        var logger = new ListLogger();
        new Trainer(_options with { Epochs = 5, Checkpoints = new CheckpointOptions(_folder.Path) { KeepLast = 1 } },
            [Spoiling(network, step: 6)], logger).Train(network, data);
        Assert.That(Files(), Is.EqualTo(new[] { "best.pth", "epoch-002.pth" }));
        Assert.That(Files().SelectMany(file => Weights(file)), Is.Empty);
        Assert.That(logger.Warnings, Has.Count.EqualTo(1));
    }

    [Test]
    public void Train_FirstEpochNotFinite_HasNoBest()
    {
        using var data = ToyImages.Create(20);
        using var network = ToyImages.Network.CreateModule(2);
        new Trainer(_options with { Checkpoints = new CheckpointOptions(_folder.File("c")) }, [Spoiling(network, step: 0)])
            .Train(network, data, data);
        Assert.That(Directory.EnumerateFiles(_folder.File("c"), "*.pth"), Is.Empty);
    }

    [Test]
    public void Train_LossesThatAreInfinite_AreNoBestThoughTheirWeightsAreKept()
    {
        using var data = ToyImages.Create(20);
        using var network = Far();
        new Trainer(_options with { Checkpoints = new CheckpointOptions(_folder.Path) }).Train(network, data);
        Assert.That(Files(), Is.EqualTo(new[] { "epoch-002.pth", "epoch-003.pth" }));
    }

    [Test]
    public void Train_ValidationThatIsNaN_IsNoBestWhateverItsAccuracy()
    {
        using var data = ToyImages.Create(20);
        using var network = ToyImages.Network.CreateModule(2);
        float[] pixels = [.. ToyImages.Pixels(10).Select(pixel => (float)pixel)];
        pixels[70] = float.NaN;
        using var validation = LabeledImages.Create(pixels, [.. Enumerable.Range(0, 10).Select(index => index % 3L)],
            ToyImages.Network.Input);
        var result = new Trainer(_options with { Checkpoints = new CheckpointOptions(_folder.Path),
            EarlyStopping = new EarlyStopping { Patience = 2 } }).Train(network, data, validation);
        Assert.That(result.NonFinite!.Kind, Is.EqualTo(NonFiniteKind.ValidationLoss));
        Assert.That(Files(), Is.EqualTo(new[] { "epoch-001.pth", "epoch-002.pth" }));
        Assert.That(result.Epochs, Has.Count.EqualTo(2), "no epoch was better than none");
        Assert.That(NonFiniteWeights.Find(network), Is.Empty);
    }

    [Test]
    public void Train_EarlyStopping_GivesTheBestFiniteWeightsBack()
    {
        using var data = ToyImages.Create(20);
        using var network = ToyImages.Network.CreateModule(2);
        using var healthy = ToyImages.Network.CreateModule(2);
        var options = _options with { Epochs = 6, EarlyStopping = new EarlyStopping { Patience = 2 } };
        var result = new Trainer(options, [new AtStep(5, () => Set(network, "conv.bias", float.NegativeInfinity))])
            .Train(network, data, data); // its loss stays finite
        new Trainer(_options with { Epochs = 1 }).Train(healthy, data, data);
        Assert.That(result.Epochs.Select(epoch => (double.IsFinite(epoch.ValidationLoss!.Value), epoch.HasFiniteWeights)),
            Is.EqualTo(new[] { (true, true), (true, false), (true, false) }));
        Assert.That(ParameterBits.Of(network), Is.EqualTo(ParameterBits.Of(healthy)), "those of the first epoch");
    }

    [Test]
    public void Train_RunningAverageThatIsNotFinite_IsFoundBehindFiniteWeights()
    {
        using var data = ToyImages.Create(20);
        using var network = ToyImages.Network.CreateModule(2);
        var kept = 0f;
        TrainingObserver[] observers = [new AtStep(0, () => kept = Swap(network, float.NegativeInfinity)),
            new AtStep(1, () => Swap(network, kept))];
        var result = new Trainer(_options with { WeightAverage = 0.9 }, observers).Train(network, data);
        Assert.That((result.NonFinite!.Kind, result.NonFinite.Step), Is.EqualTo((NonFiniteKind.Weights, 2L)));
        Assert.That(result.NonFinite.Place, Is.EqualTo("not finite are 'conv.bias' (1 of 4 values)"));
    }

    [Test]
    public void Train_Recorded_WritesOneFindingWithTheFirstStep()
    {
        using var data = ToyImages.Create(20);
        using var network = ToyImages.Network.CreateModule(2);
        var logger = new ListLogger();
        using var recorder = new RunRecorder(new InspectionOptions(_folder.File("run")) { Schedule = Schedule.Every(2) },
            ToyImages.Network);
        var diagnosis = new DiagnosisObserver(recorder, logger: logger);
        var result = new Trainer(_options with { BatchSize = 4 }, [Spoiling(network, step: 2), recorder, diagnosis]).Train(network, data);
        var finding = diagnosis.Findings.Single(finding => finding.Rule == "non-finite");
        Assert.That((finding.Severity, finding.Target, finding.FirstStep, finding.Message),
            Is.EqualTo((Severity.Failure, "fc", 3L, result.NonFinite!.ToString())));
        using var record = RunRecord.Open(_folder.File("run"));
        Assert.That(record.ReadFindings().Where(finding => finding.Rule == "non-finite").Select(finding => finding.ToString()),
            Is.EqualTo(new[] { finding.ToString() }));
        Assert.That(record.Read(QuantityNames.Loss).Single(reading => reading.Step == 3).Value, Is.NaN,
            "a step that the schedule leaves out");
    }

    private static AtStep Spoiling(nn.Module network, long step) => new(step, () => Set(network, "fc.bias", float.NaN));

    private static void Set(nn.Module network, string parameter, float value)
    {
        using var untracked = no_grad();
        network.named_parameters().Single(pair => pair.name == parameter).parameter.fill_(value);
    }

    /// <summary>Puts a value into one bias of the convolution, and gives the one that was there.</summary>
    private static float Swap(nn.Module network, float value)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var place = network.named_parameters().Single(pair => pair.name == "conv.bias").parameter.narrow(0, 1, 1);
        var before = place.item<float>();
        place.fill_(value);
        return before;
    }

    /// <summary>Logits so far from each other that their difference overflows, while its gradients stay small.</summary>
    private static nn.Module<Tensor, Tensor> Far()
    {
        var network = _stateful.CreateModule(2);
        using var untracked = no_grad();
        using var bias = tensor(new[] { 3e38f, -3e38f, 0 });
        network.named_parameters().Single(pair => pair.name == "fc.bias").parameter.copy_(bias);
        return network;
    }

    private IEnumerable<string?> Files() => Directory.EnumerateFiles(_folder.Path, "*.pth").Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private IReadOnlyList<NonFiniteTensor> Weights(string? file)
    {
        using var checkpoint = Checkpoint.Open(_folder.File(file!));
        return NonFiniteWeights.Find(checkpoint.Tensors);
    }

    private sealed class Told : TrainingObserver
    {
        public List<NonFiniteState> States { get; } = [];

        public override void OnNonFinite(NonFiniteState state) => States.Add(state);
    }

    private sealed class Counting : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> fc = nn.Linear(64, 3); // TorchSharp finds it by the name

        public Counting()
            : base("counting")
        {
            RegisterComponents();
            Set(this, "fc.weight", float.NaN);
        }

        public int Calls { get; private set; }

        public override Tensor forward(Tensor input)
        {
            Calls++;
            return fc.call(input.to(ScalarType.Float32).flatten(1));
        }
    }
}
