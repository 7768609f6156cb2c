using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Files;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Training;
using ConvScope.Training.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

/// <summary>An interrupted and resumed training against one that was never interrupted, to the last bit.</summary>
public sealed class ResumeTests
{
    private const int Epochs = 4;
    private const int StepsPerEpoch = 6; // 96 images by 16

    // Batch normalisation has buffers, dropout draws from the global random state.
    private static readonly NetworkSpec _network = new("toy", new Shape(1, 8, 8), Normalization.Centred(1),
        [new Conv2dLayer("features.0", 6, 3), new BatchNorm2dLayer("features.1"), new ReluLayer("features.2"), new FlattenLayer("flatten"), new DropoutLayer("drop", 0.3), new LinearLayer("fc", 3)]);

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Train_InterruptedAtAnyStep_ContinuesToTheSameBits([Values(1, 6, 9, 12, 17, 18, 20)] int stepsBefore)
    {
        var (whole, wholeBits, wholeLosses) = Run(new TrainingOptions { Epochs = Epochs, BatchSize = 16, Seed = 3 });

        using var interruption = new CancellationTokenSource();
        var options = new TrainingOptions { Epochs = Epochs, BatchSize = 16, Seed = 3, Checkpoints = new CheckpointOptions(_folder.File("checkpoints")) };
        Assert.That(() => Run(options, new AtStep(stepsBefore - 1, interruption.Cancel), cancellation: interruption.Token), Throws.InstanceOf<OperationCanceledException>());
        var resumable = stepsBefore / StepsPerEpoch;
        if (resumable == 0)
        {
            Assert.That(() => Run(options with { ResumeFrom = _folder.File("checkpoints") }), Throws.InstanceOf<IOException>());
            return;
        }

        var (resumed, bits, losses) = Run(options with { ResumeFrom = _folder.File("checkpoints") }, initialSeed: 99);
        Assert.That(bits, Is.EqualTo(wholeBits));
        Assert.That(losses, Is.EqualTo(wholeLosses.Skip(resumable * StepsPerEpoch)));
        Assert.That(resumed.Epochs.Select(epoch => (epoch.Epoch, epoch.TrainLoss, epoch.TrainAccuracy)), Is.EqualTo(whole.Epochs.Select(epoch => (epoch.Epoch, epoch.TrainLoss, epoch.TrainAccuracy))));
        Assert.That(resumed.Steps, Is.EqualTo(whole.Steps));
    }

    [Test]
    public void Train_Saving_ChangesNoBit()
    {
        var options = new TrainingOptions { Epochs = 2, BatchSize = 16, Seed = 3 };
        Assert.That(Run(options with { Checkpoints = new CheckpointOptions(_folder.File("c")) }).Bits, Is.EqualTo(Run(options).Bits));
    }

    [Test]
    public void Train_Saving_KeepsTheLastAndTheBest()
    {
        Run(new TrainingOptions { Epochs = 5, BatchSize = 16, Checkpoints = new CheckpointOptions(_folder.Path) { SaveInterval = 2, KeepLast = 2 } });
        Assert.That(Directory.EnumerateFiles(_folder.Path, "*.pth").Select(Path.GetFileName).Order(), Is.EqualTo(new[] { "best.pth", "epoch-004.pth", "epoch-005.pth" }));
        using var checkpoint = Checkpoint.Open(_folder.File("epoch-005.pth"));
        Assert.That(((IReadOnlyDictionary<object, object?>)checkpoint.Root!).Keys, Is.SupersetOf(new[] { "epoch", "state_dict", "optimizer", "network" }));
        Assert.That(checkpoint.Tensors.Select(tensor => tensor.Name), Is.SupersetOf(new[] { "features.1.running_var", "features.1.num_batches_tracked" }));
    }

    [Test]
    public void Train_LastCheckpointDamaged_ResumesFromTheOneBefore()
    {
        var options = new TrainingOptions { Epochs = 2, BatchSize = 16, Checkpoints = new CheckpointOptions(_folder.Path) };
        Run(options);
        File.WriteAllBytes(_folder.File("epoch-002.pth"), File.ReadAllBytes(_folder.File("epoch-002.pth"))[..5000]);
        Assert.That(Run(options with { ResumeFrom = _folder.Path }).Losses, Has.Count.EqualTo(StepsPerEpoch));
    }

    [Test]
    public void Train_FolderThatCannotBeWritten_GoesOnWithOneWarning()
    {
        File.WriteAllText(_folder.File("file"), "");
        var logger = new ListLogger();
        using var module = _network.CreateModule(1);
        using var images = ToyTraining.Images();
        new Trainer(new TrainingOptions { Epochs = 2, BatchSize = 16, Checkpoints = new CheckpointOptions(_folder.File("file/checkpoints")) }, logger: logger).Train(module, images);
        Assert.That(logger.Warnings.Count(message => message.Contains("could not be written; the training goes on", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public void Train_ResumingAnotherNetwork_SaysWhatDiffers()
    {
        var options = new TrainingOptions { Epochs = 1, BatchSize = 16, Checkpoints = new CheckpointOptions(_folder.Path) };
        Run(options);
        using var other = ToyTraining.Network.CreateModule(1);
        using var images = ToyTraining.Images();
        Assert.That(() => new Trainer(options with { Epochs = 2, ResumeFrom = _folder.Path }).Train(other, images),
            Throws.TypeOf<InvalidDataException>().With.Message.Contain("the weights lack 'conv.weight'").And.Message.Contain("the network does not know 'features.0.weight'"));
    }

    [TestCase("short", "it has 3 bytes in place of 5056")]
    [TestCase("floats", "it is Float32 with 1 axes in place of a row of bytes")]
    [TestCase("rows", "it is UInt8 with 2 axes in place of a row of bytes")]
    [TestCase("zeros", "it has drawn 0 of 624 numbers with 0 left")]
    [TestCase("out of range", "it has drawn 625 of 624 numbers with 1 left")]
    [TestCase("beyond its end", "it has drawn 624 of 624 numbers with 624 left")]
    public void Train_ResumingARandomStateThatIsNone_SaysSo(string kind, string what)
    {
        Run(new TrainingOptions { Epochs = 1, BatchSize = 16, Checkpoints = new CheckpointOptions(_folder.Path) });
        foreach (var entry in new[] { "rng_state", "shuffle_state" })
        {
            using (var checkpoint = Checkpoint.Open(_folder.File("epoch-001.pth")))
            {
                var root = ((IReadOnlyDictionary<object, object?>)checkpoint.Root!).ToDictionary(pair => (string)pair.Key, pair => pair.Value);
                root[entry] = Spoiled((StoredTensor)root[entry]!, kind);
                Checkpoint.Write(_folder.File("spoiled.pth"), root);
            }

            Assert.That(() => Run(new TrainingOptions { Epochs = 2, BatchSize = 16, ResumeFrom = _folder.File("spoiled.pth") }),
                Throws.TypeOf<DamagedFileException>().With.Message.Contain($"its entry '{entry}' is no state of a random generator; {what}."));
        }
    }

    [Test]
    public void Train_ResumingPlainWeights_SaysWhatIsMissing()
    {
        using var module = _network.CreateModule(1);
        Checkpoint.Write(_folder.File("weights.pth"), ModuleWeights.Read(module).ToDictionary(tensor => tensor.Name, tensor => (object?)tensor));
        Assert.That(() => Run(new TrainingOptions { ResumeFrom = _folder.File("weights.pth") }), Throws.TypeOf<DamagedFileException>().With.Message.Contain("'step' is missing"));
    }

    private static (TrainingResult Result, List<string> Bits, List<float> Losses) Run(TrainingOptions options, TrainingObserver? observer = null, long initialSeed = 1, CancellationToken cancellation = default)
    {
        using var module = _network.CreateModule(initialSeed);
        using var images = ToyTraining.Images();
        using var validation = ToyTraining.Images(30, seed: 2);
        var losses = new LossList();
        var result = new Trainer(options, observer is null ? [losses] : [losses, observer]).Train(module, images, validation, cancellation);
        return (result, [.. ModuleWeights.Read(module).Select(tensor => $"{tensor} {Convert.ToHexString(tensor.ReadBytes())}")], losses.Values);
    }

    private static StoredTensor Spoiled(StoredTensor state, string kind)
    {
        using var scope = NewDisposeScope();
        var bytes = state.ReadBytes();
        switch (kind)
        {
            case "short":
                return ModuleWeights.Copy("", zeros(3, ScalarType.Byte));
            case "floats":
                return ModuleWeights.Copy("", zeros(5056));
            case "rows":
                return ModuleWeights.Copy("", zeros(2, 2528, ScalarType.Byte));
            case "zeros":
                Array.Clear(bytes);
                break;
            default:
                BitConverter.TryWriteBytes(bytes.AsSpan(8), kind == "out of range" ? 1 : 624);
                BitConverter.TryWriteBytes(bytes.AsSpan(16), kind == "out of range" ? 625L : 624L);
                break;
        }

        return ModuleWeights.Copy("", tensor(bytes));
    }

    private sealed class LossList : TrainingObserver
    {
        public List<float> Values { get; } = [];

        public override void OnStepCompleted(StepCompleted completed) => Values.Add(completed.Loss.item<float>());
    }
}
