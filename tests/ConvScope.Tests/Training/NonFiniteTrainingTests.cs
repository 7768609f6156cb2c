using ConvScope.Datasets;
using ConvScope.Inspection;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Training;
using ConvScope.Training.Images;
using ConvScope.Training.NonFinite;
using ConvScope.Training.Optimization;
using ConvScope.Training.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

/// <summary>A training that is no longer finite stops, and says at which step, in which layer, and from where to go on.</summary>
public sealed class NonFiniteTrainingTests
{
    /// <summary>The first update makes weights with which every image overflows.</summary>
    private static readonly TrainingOptions _hot = new() { Epochs = 2, BatchSize = 8, LearningRate = 1e20, Seed = 6 };

    private static readonly TrainingOptions _healthy = _hot with { LearningRate = 0.05 };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Train_LossThatOverflows_NamesStepEpochAndLayer()
    {
        using var network = ToyImages.Network.CreateModule(2);
        var error = Fails(_hot, network);
        Assert.That((error.Step, error.Epoch, error.Layer, error.Checkpoint, error.State!.Kind),
            Is.EqualTo((1L, 1, "fc", (string?)null, NonFiniteKind.TrainingLoss)));
        Assert.That(error.Message, Does.Match(
            @"^The training was stopped: the loss of step 1 \(epoch 1\) is (NaN|Infinity); "
                + @"the first layer that is not finite is 'fc': \d+ of 24 outputs, from weights that are finite; "
                + @"there is no finite checkpoint\.$"));
        Assert.That(network.training, Is.False, "it is left in evaluation mode");
    }

    [Test]
    public void Train_OnTheCpu_LeavesTheWeightsThatGaveTheLoss()
    {
        using var data = ToyImages.Create(20);
        using var network = ToyImages.Network.CreateModule(2);
        using var after = ToyImages.Network.CreateModule(2);
        Fails(_hot, network, data);
        using var cancellation = new CancellationTokenSource();
        Assert.Catch<OperationCanceledException>(() =>
            new Trainer(_hot, [new AtStep(0, cancellation.Cancel)]).Train(after, data, null, cancellation.Token));
        Assert.That(ParameterBits.Of(network), Is.EqualTo(ParameterBits.Of(after)), "those after one update");
    }

    [Test]
    public void Train_Failing_TellsTheObserversOnceAndWhy()
    {
        using var network = ToyImages.Network.CreateModule(2);
        var (events, told) = (new EventList(), new Told());
        var error = Fails(_hot, network, observers: [events, told]);
        Assert.That(events.Lines, Is.EqualTo(new[]
        {
            "started: 20 + 0 images, 3 steps an epoch on cpu", "step 0 of epoch 1: 8 images", "ended: Failed after 1 steps",
        }));
        Assert.That(events.End!.Failure, Is.SameAs(error));
        Assert.That(told.States, Is.EqualTo(new[] { error.State }));
    }

    [Test]
    public void Train_ObserverThatAsksForTheEndWhenTold_HasTheSay()
    {
        using var network = ToyImages.Network.CreateModule(2);
        using var data = ToyImages.Create(20);
        var events = new EventList();
        var result = new Trainer(_hot, [new Told(state => state.Stop("Enough.")), events]).Train(network, data);
        Assert.That((result.Outcome, result.StopReason, result.NonFinite!.Step), Is.EqualTo((TrainingOutcome.Stopped, "Enough.", 1L)));
        Assert.That(events.Lines[^1], Is.EqualTo("ended: Stopped after 1 steps"));
    }

    [Test]
    public void Train_ObserverThatFailsWhenTold_ChangesNothing()
    {
        using var network = ToyImages.Network.CreateModule(2);
        Assert.That(Fails(_hot, network, observers: [new Told(_ => throw new InvalidOperationException("No."))]).Step, Is.EqualTo(1));
    }

    [Test]
    public void Train_Inspected_FailsAtTheSameStepWithTheSameBits([Values] bool isInspected)
    {
        using var network = ToyImages.Network.CreateModule(2);
        using var plain = ToyImages.Network.CreateModule(2);
        var options = new InspectionOptions(_folder.File("run")) { Level = InspectionLevel.Full, Schedule = Schedule.Every(1) };
        using var recorder = new RunRecorder(options, ToyImages.Network);
        Assert.That(Fails(_hot, network, observers: isInspected ? [recorder] : []).State, Is.EqualTo(Fails(_hot, plain).State));
        Assert.That(ParameterBits.Of(network), Is.EqualTo(ParameterBits.Of(plain)));
    }

    [TestCase(2, 5L)]
    [TestCase(4, 5L)]
    [TestCase(32, 5L)]
    public void Train_LossesReadEveryFewSteps_NamesTheFirstStepOfAllThatWereNotFinite(int interval, long expected)
    {
        using var data = ToyImages.Create(80); // 10 steps an epoch
        using var network = ToyImages.Network.CreateModule(2);
        var spoil = new AtStep(4, () => Set(network, "fc.bias", float.NaN));
        var error = Assert.Throws<NonFiniteTrainingException>(() =>
            new Trainer(_healthy, [spoil]) { LossInterval = interval }.Train(network, data))!;
        Assert.That((error.Step, error.Epoch), Is.EqualTo((expected, 1)));
        Assert.That(error.Layer, interval == 2 ? Is.EqualTo("fc") : Is.Null, "the state is there where it is the very step that is read");
        if (interval > 2)
            Assert.That(error.Message,
                Does.Contain($"; which layer came first is no longer known, since the losses on cpu are read every {interval} steps; "));
    }

    [Test]
    [Category("Gpu")]
    public void Train_OnAGpu_NamesTheStepAfterOneReadingOfTheEpochsLosses()
    {
        long[] labels = [.. Enumerable.Range(0, 20).Select(index => index % 3L)];
        using var data = LabeledImages.Create(ToyImages.Pixels(20), labels, ToyImages.Network.Input, CUDA);
        using var network = ToyImages.Network.CreateModule(2);
        network.to(CUDA);
        var error = Fails(_hot, network, data);
        Assert.That((error.Step, error.Epoch, error.Layer), Is.EqualTo((1L, 1, (string?)null)));
        Assert.That(error.Message, Does.Contain("are read every 32 steps"));
    }

    [Test]
    public void Train_WeightsThatAreNaN_NamesTheFirstLayerInForwardOrderWithItsCounts()
    {
        using var network = ToyTraining.Network.CreateModule(2);
        Set(network, "fc2.weight", float.NaN);
        Set(network, "fc1.bias", float.NaN);
        var error = Fails(_healthy, network);
        Assert.That((error.Step, error.Layer), Is.EqualTo((0L, "fc1")));
        Assert.That(error.Message,
            Does.Contain("step 0 (epoch 1) is NaN; the first layer that is not finite is 'fc1': 'fc1.bias' (12 of 12 values); "));
    }

    [Test]
    public void Train_ImagesThatAreNaN_NamesTheInput()
    {
        using var data = NaNImages(20);
        using var network = ToyImages.Network.CreateModule(2);
        var error = Fails(_healthy with { BatchSize = 20 }, network, data);
        Assert.That(error.Layer, Is.EqualTo("input"));
        Assert.That(error.Message, Does.Contain("the images themselves are not finite: 1 of 1,280 values"));
    }

    [Test]
    public void Train_FiniteOutputsWithAnInfiniteLoss_SaysThatNoLayerIsToBlame()
    {
        using var network = Far();
        var error = Fails(_healthy, network);
        Assert.That((error.Step, error.Layer), Is.EqualTo((0L, (string?)null)));
        Assert.That(error.Message,
            Does.Contain("the loss of step 0 (epoch 1) is Infinity; the outputs of every layer are finite, the loss alone is not; "));
    }

    [Test]
    public void Train_ModuleOfOnesOwn_NamesItsLayerToo()
    {
        using var network = nn.Sequential(("cast", new Cast()), ("features", nn.Sequential(("0", nn.Conv2d(1, 4, 3)), ("1", nn.ReLU()))),
            ("flatten", nn.Flatten()), ("fc", nn.Linear(144, 3)));
        Set(network, "features.0.weight", float.PositiveInfinity);
        Assert.That(Fails(_healthy, network).Message,
            Does.Contain("the first layer that is not finite is 'features.0': 'features.0.weight' (36 of 36 values)"));
        Assert.That(network.modules().SelectMany(module => module.named_modules()).Count(), Is.Positive, "it can still be used");
    }

    [Test]
    public void Train_ModuleWithoutLayers_NamesItsWeights()
    {
        using var network = new Bare();
        Assert.That(Fails(_healthy, network).Message,
            Does.Contain("the loss of step 0 (epoch 1) is NaN; not finite are 'weight' (192 of 192 values); "));
    }

    [Test]
    public void Train_ModuleThatCannotBeCalledAgain_StillNamesTheStep()
    {
        using var network = new Once();
        Assert.That(Fails(_healthy, network).Message,
            Does.Contain("the loss of step 0 (epoch 1) is NaN; the layer could not be looked for: Only once; "));
    }

    [Test]
    public void Train_LastUpdateThatOverflows_IsFoundInTheWeights()
    {
        using var data = ToySquares.Regression(20);
        using var network = ToySquares.Network.For(new RegressionTask(0, 1e-3)).CreateModule(2); // large gradients
        var error = Fails(_hot with { Epochs = 1, BatchSize = 20, LearningRate = 1e38 }, network, data); // no loss follows its one update
        Assert.That((error.Step, error.Epoch, error.State!.Kind, error.State.Loss, error.Layer),
            Is.EqualTo((0L, 1, NonFiniteKind.Weights, (double?)null, "conv")));
        Assert.That(error.Message,
            Does.Match(@"^The training was stopped: the weights after epoch 1 \(step 0\) are no longer finite; "
                + @"not finite are 'conv\.weight' \(\d+ of 54 values\), "));
    }

    [Test]
    public void Train_InfiniteWeightThatTheNextLayerHides_IsFoundAtTheEndOfTheEpoch()
    {
        using var network = ToyImages.Network.CreateModule(2);
        var error = Fails(_healthy, network,
            observers: [new AtStep(0, () => Set(network, "conv.bias", float.NegativeInfinity))]); // the rectifier makes zeros of it
        Assert.That((error.Step, error.State!.Kind, error.Layer), Is.EqualTo((2L, NonFiniteKind.Weights, "conv")));
    }

    [Test]
    public void Train_ValidationLossAlone_IsToldAsSuch()
    {
        using var network = ToyImages.Network.CreateModule(2);
        using var validation = NaNImages(10);
        var events = new EventList();
        var error = Fails(_healthy with { WeightAverage = 0.9, Checkpoints = new CheckpointOptions(_folder.Path) }, network,
            validation: validation, observers: [events]);
        Assert.That((error.Step, error.Epoch, error.State!.Kind, error.Layer), Is.EqualTo((2L, 1, NonFiniteKind.ValidationLoss, "input")));
        Assert.That(error.Message,
            Does.StartWith("The training was stopped: the validation loss after epoch 1 (step 2) is NaN; "
                + "the images themselves are not finite: 1 of 640 values; "));
        Assert.That(events.Lines[^2..], Is.EqualTo(new[] { "epoch 1 after step 2", "ended: Failed after 3 steps" }),
            "the epoch was trained");
        Assert.That(Directory.EnumerateFiles(_folder.Path, "*.pth").Select(Path.GetFileName), Is.EqualTo(new[] { "epoch-001.pth" }),
            "its weights are finite; the best it is not");
        Assert.That(error.Checkpoint, Is.EqualTo(_folder.File("epoch-001.pth")));
    }

    [Test]
    public void Train_Regression_FailsAlike()
    {
        using var data = ToySquares.Regression(20);
        using var network = ToySquares.Network.For(new RegressionTask(5300, 150)).CreateModule(2);
        Assert.That(Fails(_hot, network, data).Step, Is.EqualTo(1));
    }

    [Test]
    public void Train_Binary_FailsAlike()
    {
        using var data = ToySquares.Binary(20);
        using var network = ToySquares.Network.CreateModule(2);
        Assert.That(Fails(_hot, network, data).Step, Is.EqualTo(1));
    }

    [Test]
    public void Train_MixedPrecision_FailsAlike()
    {
        using var network = ToyImages.Network.CreateModule(2);
        var error = Fails(_hot with { Precision = Precision.Mixed, ChannelsLast = true }, network);
        Assert.That((error.Step, error.Layer), Is.EqualTo((1L, "fc")));
        Assert.That(((SpecNetwork)network).TrainingFormat, Is.EqualTo(default(ComputeFormat)));
    }

    [Test]
    public void Train_StreamedImages_FailsAlikeAndEndsTheirThreads()
    {
        var spec = new NetworkSpec("toy", new Shape(3, 12, 12), Normalization.Centred(3),
            [new Conv2dLayer("conv", 6, 3), new FlattenLayer("flatten"), new LinearLayer("fc", 3)]);
        using var folder = ImageFolder.Open(PictureFiles.WriteFolder(_folder.File("images"), PictureFiles.Create(perClass: 16)));
        using var network = spec.CreateModule(1);
        using var images = StreamedImages.Create(folder, spec.Input);
        var (error, again) = (Fails(_hot, network, images), Fails(_hot, network, images)); // the set can still be read
        Assert.That((error.Step, again.Step), Is.EqualTo((1L, 0L)));
    }

    [Test]
    public void Train_BatchNormalization_NamesTheLayerBeforeItsStatisticsWentWrong()
    {
        var spec = new NetworkSpec("toy", new Shape(1, 8, 8), Normalization.Centred(1),
            [new Conv2dLayer("conv", 4, 3), new BatchNorm2dLayer("norm"), new DropoutLayer("drop", 0.3), new FlattenLayer("flatten"),
                new LinearLayer("fc", 3)]);
        using var network = spec.CreateModule(2);
        Set(network, "conv.weight", 3e38f);
        Assert.That(Fails(_healthy, network).Message,
            Does.Match(@"the first layer that is not finite is 'conv': [\d,]+ of 1,152 outputs, from weights that are finite"));
    }

    [Test]
    public void Train_Failing_LeavesNoNativeTensor()
    {
        void Run()
        {
            using var data = ToyImages.Create(20);
            using var network = ToyImages.Network.CreateModule(2);
            Fails(_hot with { WeightAverage = 0.9, EarlyStopping = new EarlyStopping() }, network, data, data);
        }

        Assert.That(NativeTensors.LeftBehindBySecond(Run), Is.Zero);
    }

    [Test]
    public void Train_Healthy_HasNothingToTell()
    {
        using var data = ToyImages.Create(20);
        using var network = ToyImages.Network.CreateModule(2);
        var told = new Told();
        var result = new Trainer(_healthy, [told]).Train(network, data, data);
        Assert.That((result.NonFinite, told.States.Count), Is.EqualTo(((NonFiniteState?)null, 0)));
        Assert.That(result.Epochs.Select(epoch => epoch.HasFiniteWeights), Is.All.True);
    }

    private static NonFiniteTrainingException Fails(
        TrainingOptions options, nn.Module<Tensor, Tensor> network, TrainingImages? data = null, TrainingImages? validation = null,
            params TrainingObserver[] observers)
    {
        using var own = data is null ? ToyImages.Create(20) : null;
        return Assert.Throws<NonFiniteTrainingException>(() => new Trainer(options, observers).Train(network, data ?? own!, validation))!;
    }

    private static void Set(nn.Module network, string parameter, float value)
    {
        using var untracked = no_grad();
        network.named_parameters().Single(pair => pair.name == parameter).parameter.fill_(value);
    }

    /// <summary>Logits so far from each other that their difference overflows.</summary>
    private static nn.Module<Tensor, Tensor> Far()
    {
        var network = ToyImages.Network.CreateModule(2);
        using var untracked = no_grad();
        using var bias = tensor(new[] { 3e38f, -3e38f, 0 });
        network.named_parameters().Single(pair => pair.name == "fc.bias").parameter.copy_(bias);
        return network;
    }

    /// <summary>Images of which one has a pixel that is no number.</summary>
    private static LabeledImages NaNImages(int count)
    {
        float[] pixels = [.. ToyImages.Pixels(count).Select(pixel => (float)pixel)];
        pixels[70] = float.NaN;
        return LabeledImages.Create(pixels, [.. Enumerable.Range(0, count).Select(index => index % 3L)], ToyImages.Network.Input);
    }

    private sealed class Told(Action<NonFiniteState>? act = null) : TrainingObserver
    {
        public List<NonFiniteState> States { get; } = [];

        public override void OnNonFinite(NonFiniteState state)
        {
            States.Add(state);
            act?.Invoke(state);
        }
    }

    private sealed class Cast() : nn.Module<Tensor, Tensor>("cast")
    {
        public override Tensor forward(Tensor input) => input.to(ScalarType.Float32);
    }

    /// <summary>Weights of its own and no layer.</summary>
    private sealed class Bare : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter weight = new(full([64, 3], float.NaN)); // TorchSharp finds it by the name

        public Bare()
            : base("bare") => RegisterComponents();

        public override Tensor forward(Tensor input) => input.to(ScalarType.Float32).flatten(1).matmul(weight);
    }

    private sealed class Once : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter weight = new(full([64, 3], float.NaN));
        private bool _called;

        public Once()
            : base("once") => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            if (_called)
                throw new InvalidOperationException("Only once.");
            _called = true;
            return input.to(ScalarType.Float32).flatten(1).matmul(weight);
        }
    }
}
