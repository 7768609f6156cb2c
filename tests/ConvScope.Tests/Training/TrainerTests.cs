using ConvScope.Networks;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Networks;
using ConvScope.Training;
using ConvScope.Training.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

public sealed class TrainerTests
{
    private static readonly TrainingOptions _options = new() { Epochs = 2, BatchSize = 8, LearningRate = 0.05, Momentum = 0.9, Seed = 6 };

    [TestCase(0.0)]
    [TestCase(0.9)]
    public void Train_TwoEpochs_GivesTheBitsOfABareTorchLoop(double momentum)
    {
        using var data = ToyImages.Create(20);
        using var network = ToyImages.Network.CreateModule(2);
        using var bare = ToyImages.Network.CreateModule(2);
        new Trainer(_options with { Momentum = momentum }).Train(network, data);

        using var scope = NewDisposeScope();
        using var generator = new Generator(6);
        using var optimizer = optim.SGD(bare.parameters(), 0.05, momentum);
        for (var epoch = 0; epoch < 2; epoch++)
        {
            var order = randperm(20, ScalarType.Int64, generator: generator).data<long>().ToArray();
            foreach (var rows in order.Chunk(8))
            {
                optimizer.zero_grad();
                var loss = nn.functional.cross_entropy(bare.call(data.Images[tensor(rows)]), data.Labels[tensor(rows)]);
                loss.backward();
                optimizer.step();
            }
        }

        Assert.That(ParameterBits.Of(network), Is.EqualTo(ParameterBits.Of(bare)));
    }

    [Test]
    public void Train_PartialLastBatch_WeighsItByItsSize()
    {
        using var data = ToyImages.Create(20);
        using var network = ToyImages.Network.CreateModule(2);
        var slow = new SlowEpochs();
        var result = new Trainer(_options, [slow]).Train(network, data);

        Assert.That(result.Epochs.Select(epoch => epoch.TrainLoss), Is.EqualTo(slow.Losses.Select(loss => loss / 20)).Within(1e-6));
        Assert.That(result.Epochs.Select(epoch => epoch.TrainAccuracy), Is.EqualTo(slow.Right.Select(right => right / 20.0)));
        Assert.That(result.Steps, Is.EqualTo(6));
    }

    [Test]
    public void Train_EveryEpoch_SeesEachImageOnceInAnotherOrder()
    {
        using var data = LabeledImagesOf(20);
        using var network = ToyImages.Network.CreateModule(2);
        var first = new FirstPixels();
        new Trainer(_options, [first]).Train(network, data);

        var (one, two) = (first.Values[..20], first.Values[20..]);
        Assert.That(one, Is.EquivalentTo(Enumerable.Range(0, 20)));
        Assert.That(two, Is.EquivalentTo(Enumerable.Range(0, 20)));
        Assert.That(two, Is.Not.EqualTo(one));
    }

    [Test]
    public void Train_ToyImages_LearnsThem()
    {
        using var data = ToyImages.Create(60);
        using var fresh = ToyImages.Create(60, seed: 8);
        using var network = ToyImages.Network.CreateModule(2);
        var result = new Trainer(_options with { Epochs = 10 }).Train(network, data, fresh);
        Assert.That(result.Epochs[^1].ValidationAccuracy, Is.GreaterThan(0.9));
    }

    [Test]
    public void Train_ValidationSet_EqualsTheEvaluatorAfterwardsAndChangesNoWeight()
    {
        using var data = ToyImages.Create(20);
        using var validation = ToyImages.Create(10, seed: 8);
        using var network = ToyImages.Network.CreateModule(2);
        using var without = ToyImages.Network.CreateModule(2);
        var last = new Trainer(_options).Train(network, data, validation).Epochs[^1];
        Assert.That(new Trainer(_options).Train(without, data).Epochs[^1].ValidationLoss, Is.Null);

        var scores = Evaluator.Evaluate(network, validation);
        Assert.That((last.ValidationLoss, last.ValidationAccuracy), Is.EqualTo(((double?)scores.Loss, (double?)scores.Accuracy)));
        Assert.That(ParameterBits.Of(network), Is.EqualTo(ParameterBits.Of(without)));
    }

    [Test]
    public void Train_NoSeed_TakesTheDefaultSeed()
    {
        using var data = ToyImages.Create(20);
        using var network = ToyImages.Network.CreateModule(2);
        using var seeded = ToyImages.Network.CreateModule(2);
        new Trainer(_options with { Seed = null }).Train(network, data);
        new Trainer(_options with { Seed = TrainingOptions.DefaultSeed }).Train(seeded, data);
        Assert.That(ParameterBits.Of(network), Is.EqualTo(ParameterBits.Of(seeded)));
    }

    [Test]
    public void Train_EveryEpoch_LogsItsLine()
    {
        var logger = new ListLogger();
        using var data = ToyImages.Create(20);
        using var network = ToyImages.Network.CreateModule(2);
        var result = new Trainer(_options, logger: logger).Train(network, data);
        Assert.That(logger.Lines, Is.EqualTo(result.Epochs.Select(epoch => epoch.ToString())));
    }

    [Test]
    public void Train_Afterwards_LeavesEvaluationModeAndTheCallersRandomState()
    {
        using var data = ToyImages.Create(20);
        using var network = ToyImages.Network.CreateModule(2);
        manual_seed(11).Dispose();
        using var before = random.get_rng_state();
        new Trainer(_options).Train(network, data, data);
        using var after = random.get_rng_state();

        Assert.That(after.bytes.SequenceEqual(before.bytes), "the caller's random state");
        Assert.That(network.modules().Select(module => module.training), Has.All.False);
    }

    [Test]
    public void Train_Cancelled_TellsTheObserversAndKeepsWhatWasLearned()
    {
        using var data = ToyImages.Create(20);
        using var network = ToyImages.Network.CreateModule(2);
        using var cancellation = new CancellationTokenSource();
        var events = new EventList();
        manual_seed(11).Dispose();
        using var before = random.get_rng_state();

        Assert.Throws<OperationCanceledException>(() => new Trainer(_options, [events, new AtStep(3, cancellation.Cancel)]).Train(network, data, null, cancellation.Token));

        using var after = random.get_rng_state();
        Assert.That(events.Lines[^2..], Is.EqualTo(new[] { "step 3 of epoch 2: 8 images", "ended: Cancelled after 4 steps" }));
        Assert.That(events.End!.Failure, Is.InstanceOf<OperationCanceledException>());
        Assert.That(network.training, Is.False);
        Assert.That(after.bytes.SequenceEqual(before.bytes), "the caller's random state");
    }

    [Test]
    public void Train_CancelledBefore_MakesNoStep()
    {
        using var data = ToyImages.Create(20);
        using var network = ToyImages.Network.CreateModule(2);
        var (events, weights) = (new EventList(), ParameterBits.Of(network));
        Assert.Throws<OperationCanceledException>(() => new Trainer(_options, [events]).Train(network, data, null, new CancellationToken(canceled: true)));
        Assert.That(events.Lines, Is.EqualTo(new[] { "started: 20 + 0 images, 3 steps an epoch on cpu", "ended: Cancelled after 0 steps" }));
        Assert.That(ParameterBits.Of(network), Is.EqualTo(weights));
    }

    [Test]
    public void Train_NetworkThatFails_TellsTheObserversWhy()
    {
        using var data = ToyImages.Create(20);
        using var network = LeNetOnToys();
        var events = new EventList();
        var failure = Assert.Throws<NetworkException>(() => new Trainer(_options, [events]).Train(network, data));
        Assert.That(events.Lines[^1], Is.EqualTo("ended: Failed after 0 steps"));
        Assert.That(events.End!.Failure, Is.SameAs(failure));
    }

    [Test]
    public void Train_AndDispose_LeavesNoNativeTensor()
    {
        void Run()
        {
            using var data = ToyImages.Create(20);
            using var network = ToyImages.Network.CreateModule(2);
            new Trainer(_options, [new EventList()]).Train(network, data, data);
        }

        Assert.That(NativeTensors.LeftBehindBySecond(Run), Is.Zero);
    }

    private static nn.Module<Tensor, Tensor> LeNetOnToys() => LeNet5.Create().CreateModule(1);

    /// <summary>Images whose first pixel is their number.</summary>
    private static LabeledImages LabeledImagesOf(int count)
    {
        var pixels = ToyImages.Pixels(count);
        for (var index = 0; index < count; index++)
            pixels[index * 64] = (byte)index;
        return LabeledImages.Create(pixels, new long[count], ToyImages.Network.Input);
    }

    private sealed class SlowEpochs : TrainingObserver
    {
        public List<double> Losses { get; } = [];

        public List<int> Right { get; } = [];

        public override void OnStepCompleted(StepCompleted completed)
        {
            if (Losses.Count < completed.Epoch)
            {
                Losses.Add(0);
                Right.Add(0);
            }

            var (loss, right) = SlowMetrics.Sums(completed.Outputs, completed.Labels);
            Losses[^1] += loss;
            Right[^1] += right;
        }
    }

    private sealed class FirstPixels : TrainingObserver
    {
        public List<int> Values { get; } = [];

        public override void OnStepCompleted(StepCompleted completed) =>
            Values.AddRange(completed.Images.data<byte>().ToArray().Chunk(64).Select(image => (int)image[0]));
    }

    [Test]
    public void Train_MixedPrecisionChannelsLast_LearnsThemAndLeavesAnOrdinaryNetwork()
    {
        using var data = ToyImages.Create(60);
        using var network = ToyImages.Network.CreateModule(2);
        var result = new Trainer(_options with { Epochs = 15, Precision = Precision.Mixed, ChannelsLast = true }).Train(network, data);
        Assert.That(result.Epochs[^1].TrainAccuracy, Is.GreaterThan(0.95));
        Assert.That(((SpecNetwork)network).TrainingFormat, Is.EqualTo(default(ComputeFormat)));
    }

    [Test]
    public void Train_MixedPrecisionTwice_GivesTheSameBits()
    {
        using var data = ToyImages.Create(60);
        using var first = ToyImages.Network.CreateModule(2);
        using var second = ToyImages.Network.CreateModule(2);
        var trainer = new Trainer(_options with { Precision = Precision.Mixed, ChannelsLast = true });
        trainer.Train(first, data);
        trainer.Train(second, data);
        Assert.That(ParameterBits.Of(second), Is.EqualTo(ParameterBits.Of(first)));
    }

    [Test]
    public void Train_MixedPrecisionOfAModuleOfOnesOwn_IsRefused()
    {
        using var data = ToyImages.Create(20);
        using var network = nn.Sequential(("flatten", nn.Flatten()), ("fc", nn.Linear(64, 3)));
        Assert.That(() => new Trainer(_options with { Precision = Precision.Mixed }).Train(network, data), Throws.ArgumentException.With.Message.Contains("made from a description"));
    }

    [Test]
    public void Train_NetworkOnAnotherDevice_NamesBoth()
    {
        using var network = ToyTraining.Network.CreateModule(1);
        network.to(META);
        using var images = ToyTraining.Images();
        Assert.That(() => new Trainer(new TrainingOptions()).Train(network, images), Throws.ArgumentException
            .With.Message.StartWith("The network lies on meta, the images on cpu."));
        Assert.That(() => Evaluator.Evaluate(network, images), Throws.ArgumentException
            .With.Message.StartWith("The network lies on meta, the images on cpu."));
    }

    [Test]
    public void Train_ValidationSetOnAnotherDevice_NamesBoth()
    {
        using var network = ToyTraining.Network.CreateModule(1);
        using var images = ToyTraining.Images();
        using var validation = LabeledImages.Create(new byte[64], [1], ToyTraining.Network.Input, META);
        Assert.That(() => new Trainer(new TrainingOptions()).Train(network, images, validation),
            Throws.ArgumentException
                .With.Message.StartWith("The training set is for cpu, the validation set for meta; both go to one device."));
    }

    [Test]
    public void Train_LabelThatIsNoClass_SaysSoBeforeNativeCodeDoes()
    {
        using var data = LabeledImages.Create(new byte[2 * 64], [0, 3], new Shape(1, 8, 8));
        using var network = ToyImages.Network.CreateModule(2);
        Assert.That(Assert.Throws<ArgumentException>(() => new Trainer(_options).Train(network, data))!.Message,
            Is.EqualTo("The training set has label 3; the network tells 3 classes apart, 0 to 2."));
    }
}
