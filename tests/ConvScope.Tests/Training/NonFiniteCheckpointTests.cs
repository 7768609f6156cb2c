using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Bytes;
using ConvScope.Records.Files;
using ConvScope.Training;
using ConvScope.Training.Images;
using ConvScope.Training.NonFinite;
using ConvScope.Training.Optimization;
using ConvScope.Training.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

/// <summary>Which checkpoint a training that failed offers to go on from, and what is refused when one does.</summary>
public sealed class NonFiniteCheckpointTests
{
    private TemporaryFolder _folder = null!;
    private TrainingOptions _options = null!;

    [SetUp]
    public void CreateFolder()
    {
        _folder = new TemporaryFolder();
        _options = new TrainingOptions { Epochs = 4, BatchSize = 8, LearningRate = 0.05, Seed = 6,
            Checkpoints = new CheckpointOptions(_folder.File("c")) };
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase(1, null)]
    [TestCase(3, "epoch-001.pth")]
    [TestCase(8, "epoch-002.pth")]
    public void Train_Failing_OffersTheNewestCheckpoint(int step, string? expected)
    {
        var error = Fails(_options, "fc.bias", step);
        Assert.That(Path.GetFileName(error.Checkpoint), Is.EqualTo(expected));
        Assert.That(error.Message,
            Does.EndWith(expected is null
                ? "; there is no finite checkpoint."
                : $"; the newest finite checkpoint is '{_folder.File($"c/{expected}")}'."));
    }

    [Test]
    public void Train_BestIsNewerThanTheLastThatWasDue_IsOffered()
    {
        var error = Fails(_options with { Checkpoints = _options.Checkpoints! with { SaveInterval = 3 } }, "fc.bias", step: 4);
        Assert.That(error.Checkpoint, Is.EqualTo(_folder.File("c/best.pth")));
    }

    [Test]
    public void Train_EpochWhoseLastUpdateWentWrong_IsNotOffered()
    {
        var error = Fails(_options, "conv.bias", step: 5, value: float.NegativeInfinity); // hidden by the rectifier, with a good loss
        Assert.That((error.State!.Kind, Path.GetFileName(error.Checkpoint)), Is.EqualTo((NonFiniteKind.Weights, "epoch-001.pth")));
        Assert.That(Directory.EnumerateFiles(_folder.File("c"), "*.pth").Select(Path.GetFileName).Order(StringComparer.Ordinal),
            Is.EqualTo(new[] { "best.pth", "epoch-001.pth" }));
    }

    [Test]
    public void Train_FromWhatWasOffered_GoesOn()
    {
        var error = Fails(_options, "fc.bias", step: 8);
        using var network = ToyImages.Network.CreateModule(9);
        using var data = ToyImages.Create(20);
        var result = new Trainer(_options with { ResumeFrom = error.Checkpoint }).Train(network, data);
        Assert.That((result.Epochs.Count, result.NonFinite), Is.EqualTo((4, (NonFiniteState?)null)));
    }

    [Test]
    public void Train_ResumedAndFailingBeforeItSaves_OffersWhereItCameFrom()
    {
        var from = Fails(_options, "fc.bias", step: 5).Checkpoint!;
        Assert.That(Fails(_options with { ResumeFrom = from }, "fc.bias", step: 4).Checkpoint, Is.EqualTo(from));
        Assert.That(Fails(_options with { ResumeFrom = from, Checkpoints = null }, "fc.bias", step: 4).Checkpoint, Is.EqualTo(from));
    }

    [Test]
    public void Train_FailsAfterAFolderWasTaken_NeverOffersAnothersCheckpoint()
    {
        Fails(_options, "fc.bias", step: 8);
        Assert.That(Fails(_options, "fc.bias", step: 0).Checkpoint, Is.Null, "the folder's are those of another training");
    }

    [TestCase("state_dict")]
    [TestCase("averaged_state_dict")]
    [TestCase("best_state_dict")]
    public void Train_ResumingWeightsThatAreNaN_SaysWhichAndTakesTheOneBeforeFromAFolder(string entry)
    {
        var options = _options with { WeightAverage = 0.9, EarlyStopping = new EarlyStopping { Patience = 9 } };
        Train(options, out _);
        Spoil(_folder.File("c/epoch-004.pth"), entry, "fc.bias");
        Assert.That(() => Train(options with { ResumeFrom = _folder.File("c/epoch-004.pth") }, out _),
            Throws.TypeOf<DamagedFileException>().With.Message.EqualTo(
            $"'{_folder.File("c/epoch-004.pth")}' cannot be resumed from: '{entry}' holds values that are NaN or infinite: "
                + "'fc.bias' (1 of 3 values). Take an earlier checkpoint."));
        Train(options with { ResumeFrom = _folder.File("c"), Epochs = 5 }, out var steps);
        Assert.That(steps, Is.EqualTo(6), "the fourth and the fifth epoch");
    }

    [Test]
    public void Train_ResumingAnOptimizerThatKeepsNaN_SaysSo()
    {
        Train(_options, out _);
        Spoil(_folder.File("c/epoch-004.pth"), "optimizer", "momentum_buffer");
        Assert.That(() => Train(_options with { ResumeFrom = _folder.File("c/epoch-004.pth") }, out _),
            Throws.TypeOf<DamagedFileException>()
                .With.Message.Contains("'optimizer' holds values that are NaN or infinite: '0.momentum_buffer' (1 of 36 values)"));
    }

    [Test]
    public void Train_SquaresThatOverflowed_AreSavedAndResumedToTheSameBits()
    {
        // Adam's second moment of a gradient above 1.8e19 is infinite; the parameter then stays as it is, and all weights are finite.
        var options = _options with { Optimizer = new AdamOptimizer(), LearningRate = 0.001 };
        using var whole = ToyImages.Network.CreateModule(2);
        using var resumed = ToyImages.Network.CreateModule(3);
        using var data = LabeledImages.Create([.. ToyImages.Pixels(20).Select(pixel => pixel * 1e19f)],
            [.. Enumerable.Range(0, 20).Select(index => index % 3L)], ToyImages.Network.Input);
        Assert.That(new Trainer(options).Train(whole, data).NonFinite, Is.Null);
        using (var checkpoint = Checkpoint.Open(_folder.File("c/epoch-003.pth")))
            Assert.That(NonFiniteWeights.Find(checkpoint.StateDict("state_dict")), Is.Empty);
        new Trainer(options with { ResumeFrom = _folder.File("c/epoch-003.pth") }).Train(resumed, data);
        Assert.That(ParameterBits.Of(resumed), Is.EqualTo(ParameterBits.Of(whole)));
    }

    private static NonFiniteTrainingException Fails(TrainingOptions options, string parameter, int step, float value = float.NaN)
    {
        using var data = ToyImages.Create(20); // 3 steps an epoch
        using var network = ToyImages.Network.CreateModule(2);
        return Assert.Throws<NonFiniteTrainingException>(() => new Trainer(options, [new AtStep(step, Set)]).Train(network, data))!;

        void Set()
        {
            using var untracked = no_grad();
            network.named_parameters().Single(pair => pair.name == parameter).parameter.fill_(value);
        }
    }

    private static void Train(TrainingOptions options, out int steps)
    {
        using var data = ToyImages.Create(20);
        using var network = ToyImages.Network.CreateModule(2);
        var events = new EventList();
        new Trainer(options, [events]).Train(network, data, data);
        steps = events.Lines.Count(line => line.StartsWith("step ", StringComparison.Ordinal));
    }

    /// <summary>Puts NaN into the first value of a tensor of a checkpoint.</summary>
    private static void Spoil(string path, string entry, string tensor)
    {
        Dictionary<object, object?> root;
        using (var checkpoint = Checkpoint.Open(path))
            root = (Dictionary<object, object?>)Copy(checkpoint.Root, isInside: false)!;
        Checkpoint.Write(path, root.ToDictionary(pair => (string)pair.Key, pair => pair.Value));

        object? Copy(object? value, bool isInside, string name = "") => value switch
        {
            IReadOnlyDictionary<object, object?> dictionary =>
                dictionary.ToDictionary(pair => pair.Key, pair =>
                Copy(pair.Value, isInside || pair.Key is string key && key == entry, $"{pair.Key}")),
            IReadOnlyList<object?> list => list.Select(item => Copy(item, isInside)).ToList(),
            StoredTensor stored when isInside && name == tensor => Spoilt(stored),
            StoredTensor stored => StoredTensor.Of(stored.Name, stored.Type, [.. stored.Shape], new MemoryBytes(stored.ReadBytes())),
            _ => value,
        };

        StoredTensor Spoilt(StoredTensor stored)
        {
            var bytes = stored.ReadBytes();
            BitConverter.TryWriteBytes(bytes, float.NaN);
            tensor = tensor == "momentum_buffer" ? "" : tensor; // of the first parameter alone
            return StoredTensor.Of(stored.Name, stored.Type, [.. stored.Shape], new MemoryBytes(bytes));
        }
    }
}
