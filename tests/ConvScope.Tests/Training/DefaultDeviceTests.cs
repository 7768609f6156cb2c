using ConvScope.Attribution;
using ConvScope.Augmentation;
using ConvScope.Datasets;
using ConvScope.Inspection;
using ConvScope.Measuring;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Quantities;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.Images;
using ConvScope.Training.Optimization;
using ConvScope.Training.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

/// <summary>
/// No tensor is made without saying where. Torch's default device is <c>meta</c> here, on which nothing can be read and which mixes
/// with no other: a factory that is not told a device gives a tensor there, and what touches it fails. On a GPU the same tensor would
/// lie on the CPU. So every training on the CPU must give the bits that it gives with the usual default.
/// </summary>
public sealed class DefaultDeviceTests
{
    // Batch normalisation has buffers, dropout draws, and 4×4 maps are there for class activation maps.
    private static readonly NetworkSpec _network = new("toy", new Shape(3, 12, 12), Normalization.Centred(3),
        [
            new Conv2dLayer("conv1", 6, 3, Padding: 1), new BatchNorm2dLayer("norm"), new ReluLayer("relu1"),
            new MaxPool2dLayer("pool", 2), new Conv2dLayer("conv2", 6, 3, Padding: 1), new AddLayer("add", ["pool"]),
            new ReluLayer("relu2"), new DropoutLayer("drop", 0.2), new FlattenLayer("flatten"), new LinearLayer("fc", 3),
        ]);

    private static readonly ImageAugmentation[] _augmentations =
        [new Shift(2), new Flip(), new RotateAndScale(15, 0.1), new ColorJitter(0.3, 0.4, 0.5), new RandomErasing(), new MixUp(0.4)];

    private static IEnumerable<OptimizerSpec> Optimizers => [new SgdOptimizer { Nesterov = true, WeightDecay = 1e-4 }, new AdamOptimizer(),
        new AdamWOptimizer { WeightDecay = 0.01 }, new RmsPropOptimizer { Momentum = 0.5 }];

    private static IEnumerable<AttributionMethod> Methods => [new GradCam(), new GradCamPlusPlus(), new InputGradient(),
        new IntegratedGradients { Steps = 4 }, new Occlusion()];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder()
    {
        TorchRuntime.Load();
        _folder = new TemporaryFolder();
    }

    [TearDown]
    public void DeleteFolder()
    {
        set_default_device(CPU);
        _folder.Dispose();
    }

    [Test]
    public void Augmentations_InTheTraining_AreAll() => Assert.That(
        typeof(ImageAugmentation).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ImageAugmentation))),
            Is.EquivalentTo(_augmentations.Select(augmentation => augmentation.GetType())));

    [Test]
    public void Optimizers_InTheTraining_AreAll() => Assert.That(
        typeof(OptimizerSpec).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(OptimizerSpec))),
            Is.EquivalentTo(Optimizers.Select(optimizer => optimizer.GetType())));

    [Test]
    public void Methods_ThatAttribute_AreAll() => Assert.That(
        typeof(AttributionMethod).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(AttributionMethod)) && !type.IsAbstract),
            Is.EquivalentTo(Methods.Select(method => method.GetType())));

    [TestCaseSource(nameof(Optimizers))]
    public void Train_WithEverything_MakesNoTensorWithoutADevice(OptimizerSpec optimizer)
    {
        var options = new TrainingOptions
        {
            Epochs = 2,
            BatchSize = 16,
            Optimizer = optimizer,
            LearningRate = 0.001,
            Schedule = new OneCycleSchedule(),
            Augmentations = _augmentations,
            LabelSmoothing = 0.1,
            LargestGradientNorm = 1,
            WeightAverage = 0.9,
            EarlyStopping = new EarlyStopping(),
        };
        AssertSame(() => Train(_network, Images, options));
    }

    [Test]
    public void Train_InEachFormat_MakesNoTensorWithoutADevice([Values] Precision precision, [Values] bool channelsLast) =>
        AssertSame(() => Train(_network, Images, new TrainingOptions { Epochs = 1, BatchSize = 16, Precision = precision,
            ChannelsLast = channelsLast }));

    [Test]
    public void Train_InspectedThoroughly_MakesNoTensorWithoutADevice() => AssertSame(() =>
    {
        var folder = _folder.File(Guid.NewGuid().ToString());
        using var recorder = new RunRecorder(
            new InspectionOptions(folder) { Level = InspectionLevel.Full, Schedule = Schedule.Every(1), Budget = null, PreChecks = true,
                Figures = false, Report = false }, _network);
        var trained = Train(_network, Images, new TrainingOptions { Epochs = 2, BatchSize = 16, Augmentations = [new Shift(1)] }, recorder);
        using var record = RunRecord.Open(folder);
        return [.. trained, .. record.ReadSeries().SelectMany(series => record.Read(series.Quantity, series.Target)
            .Select(reading => $"{series.Quantity} {series.Target} {reading.Step} {reading.Value:R}"))];
    });

    [Test]
    public void Train_OnOneOutput_MakesNoTensorWithoutADevice()
    {
        AssertSame(() => Train(ToySquares.Network.For(new BinaryTask()), () => ToySquares.Binary(48),
            new TrainingOptions { Epochs = 1, BatchSize = 16, LabelSmoothing = 0.1 }));
        AssertSame(() => Train(ToySquares.Network.For(new RegressionTask(5300, 200)), () => ToySquares.Regression(48),
            new TrainingOptions { Epochs = 1, BatchSize = 16 }));
    }

    [Test]
    public void Train_Resumed_MakesNoTensorWithoutADevice([ValueSource(nameof(Optimizers))] OptimizerSpec optimizer) => AssertSame(() =>
    {
        var folder = _folder.File(Guid.NewGuid().ToString());
        var options = new TrainingOptions
        {
            Epochs = 1,
            BatchSize = 16,
            Optimizer = optimizer,
            LearningRate = 0.001,
            WeightAverage = 0.9,
            EarlyStopping = new EarlyStopping(),
            Checkpoints = new CheckpointOptions(folder),
        };
        return [.. Train(_network, Images, options), .. Train(_network, Images, options with { Epochs = 2, ResumeFrom = folder })];
    });

    [Test]
    public void Train_OnFiles_MakesNoTensorWithoutADevice()
    {
        var path = PictureFiles.WriteFolder(_folder.File("images"), PictureFiles.Create(perClass: 8));
        AssertSame(() =>
        {
            using var files = ImageFolder.Open(path);
            return Train(_network, () => StreamedImages.Create(files, _network.Input), new TrainingOptions { Epochs = 1, BatchSize = 8 });
        });
    }

    [TestCaseSource(nameof(Methods))]
    public void Attribute_AndItsScore_MakeNoTensorWithoutADevice(AttributionMethod method) => AssertSame(() =>
    {
        using var network = _network.CreateModule(1);
        network.eval();
        using var images = Images();
        using var map = method.Attribute(network, images.Images.narrow(0, 0, 4));
        return [Convert.ToHexString(map.bytes), .. Faithfulness.Measure(network, images.Images.narrow(0, 0, 4),
            images.Labels.narrow(0, 0, 4), map, 4).Select(score => score.ToString())];
    });

    [Test]
    public void Read_WeightsOfAFile_MakesNoTensorWithoutADevice() => AssertSame(() =>
    {
        var file = _folder.File($"{Guid.NewGuid()}.pth");
        using var network = _network.CreateModule(1);
        Checkpoint.Write(file, ModuleWeights.Read(network).ToDictionary(tensor => tensor.Name, tensor => (object?)tensor));
        using var other = _network.CreateModule(2);
        using var checkpoint = Checkpoint.Open(file);
        ModuleWeights.Load(other, checkpoint.Tensors);
        return [.. ParameterBits.Of(other).Select(entry => $"{entry.Key} {Convert.ToHexString(entry.Value)}")];
    });

    private static LabeledImages Images()
    {
        var random = new Random(1);
        var pixels = new byte[48 * _network.Input.Count];
        random.NextBytes(pixels);
        return LabeledImages.Create(pixels, [.. Enumerable.Range(0, 48).Select(index => index % 3L)], _network.Input);
    }

    private static List<string> Train(NetworkSpec spec, Func<TrainingImages> create, TrainingOptions options,
        TrainingObserver? observer = null)
    {
        using var network = spec.CreateModule(1);
        using var train = create();
        using var validation = create();
        var logger = new ListLogger();
        var result = new Trainer(options, observer is null ? [] : [observer], logger).Train(network, train, validation);
        Assert.That(logger.Warnings, Is.Empty);
        using var scope = NewDisposeScope();
        return
        [
            .. result.Epochs.Select(epoch => $"{epoch.TrainLoss:R} {epoch.TrainAccuracy:R} {epoch.ValidationLoss:R} {epoch.TrainError}"),
            .. result.Epochs.SelectMany(epoch => epoch.ValidationMistakes).Select(mistake => mistake.ToString()),
            .. network.state_dict().Select(entry => $"{entry.Key} {Convert.ToHexString(entry.Value.detach().cpu().contiguous().bytes)}"),
        ];
    }

    private static void AssertSame(Func<List<string>> run)
    {
        var expected = run();
        set_default_device(META);
        try
        {
            Assert.That(run(), Is.EqualTo(expected));
        }
        finally
        {
            set_default_device(CPU);
        }
    }
}
