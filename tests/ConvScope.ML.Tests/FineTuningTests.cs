using ConvScope.Inspection;
using ConvScope.Measuring;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Quantities;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Formats;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Records.Recording;
using ConvScope.Training;

namespace ConvScope.ML.Tests;

/// <summary>Trainings that begin with the weights of a checkpoint.</summary>
public sealed class FineTuningTests
{
    private static readonly NetworkSpec _network = Network(3);
    private readonly MLContext _context = new(1);
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Fit_InitialWeightsOfATraining_BeginsWhereItEnded()
    {
        var options = Toy.Options with { Network = _network, Training = new TrainingOptions { Epochs = 8, BatchSize = 8, LearningRate = 0.05, Checkpoints = new(_folder.Path) } };
        using var first = Toy.Fit(_context, options);
        using var second = Toy.Fit(_context, options with { InitialWeights = _folder.File("epoch-008.pth"), Training = new TrainingOptions { Epochs = 1, BatchSize = 8, LearningRate = 1e-6 } });
        Assert.That(second.Training!.Epochs[0].TrainAccuracy, Is.GreaterThanOrEqualTo(first.Training!.Epochs[^1].TrainAccuracy!.Value));
        Assert.That(second.Training.Epochs[0].TrainLoss, Is.LessThan(first.Training.Epochs[0].TrainLoss / 2));
    }

    [Test]
    public void Fit_InitialWeightsOfASavedModel_BeginsWhereItEnded()
    {
        using var first = Toy.Fit(_context);
        _context.Model.SaveWhole(first, null, _folder.File("model.zip"));
        _context.Model.Save(_context.Transforms.CopyColumns("Other", "Features").Fit(Toy.View(_context)).Append(first), Toy.View(_context).Schema, _folder.File("chain.zip"));
        foreach (var name in new[] { "model.zip", "chain.zip" })
        {
            using var second = Toy.Fit(_context, Toy.Options with { InitialWeights = _folder.File(name), Training = new TrainingOptions { Epochs = 1, BatchSize = 8, LearningRate = 1e-6 } });
            Assert.That(second.Training!.Epochs[0].TrainLoss, Is.LessThan(first.Training!.Epochs[0].TrainLoss / 2), name);
        }

        _context.Model.Save(_context.Transforms.CopyColumns("Other", "Features").Fit(Toy.View(_context)), Toy.View(_context).Schema, _folder.File("none.zip"));
        Assert.That(() => Toy.Fit(_context, Toy.Options with { InitialWeights = _folder.File("none.zip") }), Throws.TypeOf<InvalidDataException>().With.Message.EndsWith("is a model of ML.NET without a network of ConvScope."));
    }

    [Test]
    public void Fit_OtherNumberOfClasses_ReplacesTheClassifierAndFreezesTheRest()
    {
        using var wide = Network(1000).CreateModule(seed: 5);
        Checkpoint.Write(_folder.File("wide.pth"), new Dictionary<string, object?> { ["state_dict"] = ModuleWeights.Read(wide).ToDictionary(tensor => tensor.Name, tensor => (object?)tensor) });
        var lines = new List<string>();
        _context.Log += (_, message) => lines.Add(message.Message);
        using var model = Toy.Fit(_context, Toy.Options with { Network = _network, InitialWeights = _folder.File("wide.pth"), FreezeUntil = "features" });

        var (given, trained) = (ModuleWeights.Read(wide), ModuleWeights.Read(model.Model.Module));
        foreach (var (before, after) in given.Zip(trained).Take(2))
            Assert.That(after.ReadFloats(), Is.EqualTo(before.ReadFloats()), before.Name);
        Assert.That(trained[^1].Shape, Is.EqualTo(new long[] { 3 }));
        Assert.That(model.Training!.Epochs[^1].TrainAccuracy, Is.GreaterThan(0.8), "the new classifier has learned");
        Assert.That(lines, Has.Some.Contain("the classifier 'classifier' begins anew with 3 outputs"));
    }

    [Test]
    public void Fit_FrozenPart_GivesTheSameBeforeAndAfterUnlessItIsToTrain([Values] bool trains)
    {
        var network = new NetworkSpec("normalised", new Shape(1, 8, 8), Normalization.Centred(1),
            [new Conv2dLayer("features.conv", 4, 3), new BatchNorm2dLayer("features.norm"), new ReluLayer("features.relu"), new DropoutLayer("features.dropout", 0.5), new FlattenLayer("flatten"), new LinearLayer("fc", 3)]);
        using var given = network.CreateModule(seed: 5);
        using var images = ToyImages.Create(30);
        given.train();
        given.call(images.Images).Dispose(); // running statistics that are not the initial ones
        Checkpoint.Write(_folder.File("given.pth"), new Dictionary<string, object?> { ["state_dict"] = ModuleWeights.Read(given).ToDictionary(tensor => tensor.Name, tensor => (object?)tensor) });
        using var model = Toy.Fit(_context, Toy.Options with { Network = network, InitialWeights = _folder.File("given.pth"), FreezeUntil = "features", FrozenPartIsInTrainingMode = trains });
        var (before, after) = (ModuleWeights.Read(given).Where(IsFrozen).ToList(), ModuleWeights.Read(model.Model.Module).Where(IsFrozen).ToList());
        Assert.That(before.Zip(after).Count(pair => !pair.First.ReadBytes().SequenceEqual(pair.Second.ReadBytes())), trains ? Is.EqualTo(3) : Is.Zero, "running mean, running variance and the count of batches");

        static bool IsFrozen(StoredTensor tensor) => tensor.Name.StartsWith("features", StringComparison.Ordinal);
    }

    [Test]
    public void Fit_FrozenLayersUnderFullInspection_LeavesNothingOut()
    {
        var lines = new List<string>();
        _context.Log += (_, message) => lines.Add(message.Message);
        var inspection = new InspectionOptions(_folder.File("run")) { Level = InspectionLevel.Full, Schedule = Schedule.Every(4), PreChecks = true, Budget = null, Report = false, Figures = false };
        using var model = Toy.Fit(_context, Toy.Options with { Network = _network, FreezeUntil = "features", Inspection = inspection });

        Assert.That(lines, Has.None.Contain("The inspection leaves").And.None.Contain("The observer"));
        using var record = RunRecord.Open(_folder.File("run"));
        Assert.That(record.ReadSnapshots(SnapshotKind.Attributions).Single().ReadArrays().Select(array => array.Name),
            Is.SupersetOf(new[] { "map.Grad-CAM", "map.integrated gradients", "map.occlusion" }));
        Assert.That(record.ReadSeries().Where(series => series.Quantity == QuantityNames.OutputGradientNorm).Select(series => series.Target), Does.Contain("classifier"));
    }

    [Test]
    public void Fit_WeightsOfAnotherNetwork_SaysWhatIsMissing()
    {
        using var other = Toy.Network.CreateModule(seed: 1);
        Safetensors.WriteTensors(_folder.File("other.safetensors"), ModuleWeights.Read(other));
        Assert.That(() => Toy.Fit(_context, Toy.Options with { Network = _network, InitialWeights = _folder.File("other.safetensors") }),
            Throws.TypeOf<InvalidDataException>().With.Message.Contain("lacks weights of network 'net': 'features.0.weight', 'features.0.bias'"));
    }

    [Test]
    public void Fit_WeightsPrefix_TakesThoseTensorsAndNoOthers()
    {
        StoredTensor Renamed(StoredTensor tensor, string prefix) => StoredTensor.Of(new NamedArray(prefix + tensor.Name, tensor.Shape, tensor.ReadFloats()));
        using var first = _network.CreateModule(seed: 5);
        using var second = _network.CreateModule(seed: 6);
        Safetensors.WriteTensors(_folder.File("two.safetensors"), [.. ModuleWeights.Read(first).Select(tensor => Renamed(tensor, "student.")), .. ModuleWeights.Read(second).Select(tensor => Renamed(tensor, "teacher."))]);
        var options = Toy.Options with { Network = _network, InitialWeights = _folder.File("two.safetensors"), WeightsPrefix = "teacher.", FreezeUntil = "features", Training = new TrainingOptions { Epochs = 1 } };
        using var model = Toy.Fit(_context, options);
        Assert.That(ModuleWeights.Read(model.Model.Module)[0].ReadFloats(), Is.EqualTo(ModuleWeights.Read(second)[0].ReadFloats()));
        Assert.That(() => Toy.Fit(_context, options with { WeightsPrefix = "net." }), Throws.TypeOf<InvalidDataException>().With.Message.Contain("begins with 'net.'"));
    }

    [Test]
    public void Fit_NoSuchFile_SaysSo() => Assert.That(
        () => Toy.Fit(_context, Toy.Options with { InitialWeights = _folder.File("none.pth") }), Throws.TypeOf<FileNotFoundException>().With.Message.Contain("none.pth"));

    [TestCase("features.9", "has no layer 'features.9' to freeze up to; it has features.0, classifier")]
    [TestCase("classifier", "leaves nothing to train")]
    public void Fit_FreezeUntilABadLayer_SaysWhy(string layer, string reason) => Assert.That(
        () => Toy.Fit(_context, Toy.Options with { Network = _network, FreezeUntil = layer }), Throws.TypeOf<NetworkException>().With.Message.Contain(reason));

    [Test]
    public void CrossValidate_WithCheckpoints_GivesEachFitItsOwnFolder()
    {
        var trainer = _context.MulticlassClassification.Trainers.ConvNet(Toy.Options with { Training = new TrainingOptions { Epochs = 1, BatchSize = 8, Checkpoints = new(_folder.File("c")) } });
        _context.MulticlassClassification.CrossValidate(Toy.View(_context), trainer, numberOfFolds: 2);
        Assert.That(Directory.EnumerateDirectories(_folder.Path).Select(Path.GetFileName).Order(), Is.EqualTo(new[] { "c", "c-002" }));
    }

    private static NetworkSpec Network(int classes) => new("net", new Shape(1, 8, 8), Normalization.Centred(1),
        [new Conv2dLayer("features.0", 6, 3), new ReluLayer("features.1"), new MaxPool2dLayer("features.2", 2), new FlattenLayer("flatten"), new LinearLayer("classifier", classes)]);
}
