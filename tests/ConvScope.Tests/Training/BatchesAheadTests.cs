using ConvScope.Datasets;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Training;
using ConvScope.Training.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

/// <summary>Batches on their way to a GPU, one ahead. What stands for the GPU here is the CPU, with copies that are counted.</summary>
public sealed class BatchesAheadTests
{
    private readonly List<string> _events = [];

    [SetUp]
    public void Load()
    {
        TorchRuntime.Load();
        _events.Clear();
    }

    [Test]
    public void Take_NextOneReady_IsStartedBeforeThisOneIsUsed()
    {
        using var batches = new BatchesAhead(new Numbered(3, _events), withRows: true);
        Use(batches);
        Assert.That(_events, Is.EqualTo(new[] { "copy 0", "copy 1", "use 0", "copy 2", "use 1", "use 2" }));
    }

    [Test]
    public void Take_NextOneNotReady_DoesNotWaitForIt()
    {
        using var batches = new BatchesAhead(new Numbered(3, _events) { Ready = false }, withRows: true);
        Use(batches);
        Assert.That(_events, Is.EqualTo(new[] { "copy 0", "use 0", "copy 1", "use 1", "copy 2", "use 2" }));
    }

    [Test]
    public void MoveNext_BatchThatFails_FailsInItsTurn()
    {
        using var batches = new BatchesAhead(new Numbered(3, _events) { Fails = 1 }, withRows: true);
        Assert.That(() => Use(batches), Throws.TypeOf<InvalidDataException>());
        Assert.That(_events, Is.EqualTo(new[] { "copy 0", "use 0" }));
    }

    [Test]
    public void Dispose_InTheMiddle_LeavesNoNativeTensor() => Assert.That(NativeTensors.LeftBehindBySecond(
        () =>
        {
            using var batches = new BatchesAhead(new Numbered(3, _events), withRows: true);
            batches.MoveNext();
            using var scope = NewDisposeScope();
            batches.Take();
        }), Is.Zero);

    [Test]
    public void Train_OnFilesForAGpu_GivesTheBitsOfAnyOther()
    {
        using var folder = new TemporaryFolder();
        using var files = ImageFolder.Open(PictureFiles.WriteFolder(folder.File("images"), PictureFiles.Create(perClass: 16)));
        var spec = new NetworkSpec("toy", new Shape(3, 12, 12), Normalization.Centred(3),
            [new Conv2dLayer("conv", 6, 3), new ReluLayer("relu"), new FlattenLayer("flatten"), new LinearLayer("fc", 3)]);
        var expected = Train(spec, StreamedImages.Create(files, spec.Input), null);
        Assert.That(Train(spec, StreamedImages.Create(files, spec.Input), Counted()), Is.EqualTo(expected));
        // A batch has images and labels, of the validation set rows too: 2 epochs of 6 batches of 8 and one of the validation set.
        // Both sets' labels are checked once.
        Assert.That(_events.Count(entry => entry == "pin"), Is.EqualTo(2 * (6 * 2 + 3) + 2));
    }

    [Test]
    public void Train_OnASetThatStaysInHostMemory_GivesTheBitsOfOneThatIsHeld()
    {
        var expected = Train(ToyTraining.Network, ToyTraining.Images(), null);
        Assert.That(Train(ToyTraining.Network, Kept(CPU, free: 100), Counted()), Is.EqualTo(expected));
        Assert.That(_events.Count(entry => entry == "pin"), Is.GreaterThanOrEqualTo(2 * 12 * 2));
    }

    [Test]
    public void Train_OnASetThatStaysInHostMemory_SaysSoBeforeItsFirstStep()
    {
        var logger = new ListLogger();
        using var network = ToyTraining.Network.CreateModule(1);
        using var images = Kept(CPU, free: 100);
        new Trainer(new TrainingOptions { Epochs = 1 }, [new EachStep(_ => Assert.That(logger.Warnings, Has.Count.EqualTo(1)))],
            logger).Train(network, images);
        Assert.That(logger.Warnings, Is.EqualTo(new[]
        {
            "The training set stays in host memory, and each batch of it is copied: it needs 6.8 KiB on cpu, where 100 bytes are free, "
            + "a quarter of which is left to the network.",
        }));
    }

    [Test]
    public void Batches_OfASetThatStaysInHostMemory_LieOnTheDevice([Values] bool isShuffled)
    {
        using var images = Kept(META, free: 100);
        Assert.That((images.Images.device_type, images.Device.type), Is.EqualTo((DeviceType.CPU, DeviceType.META)));
        images.Upload = new Upload(tensor => tensor.clone(), (tensor, device) => tensor.to(device), _ => true);
        using var shuffle = new Generator(1);
        using var batches = isShuffled ? images.Shuffled(shuffle, 40, CancellationToken.None) : images.InOrder(40, CancellationToken.None);
        using var scope = NewDisposeScope();
        var count = 0L;
        while (batches.MoveNext())
        {
            var (some, labels) = batches.Take();
            Assert.That((some.device_type, labels.device_type), Is.EqualTo((DeviceType.META, DeviceType.META)));
            count += labels.shape[0];
        }

        Assert.That(count, Is.EqualTo(96));
        var (first, firstLabels) = images.First(4);
        Assert.That(new[] { first, firstLabels, images.Select([0, 2]) }.Select(tensor => tensor.device_type),
            Has.All.EqualTo(DeviceType.META));
    }

    private static LabeledImages Kept(Device device, long free) =>
        LabeledImages.Create(ToyImages.Pixels(96), Enumerable.Range(0, 96).Select(index => index % 3L).ToArray(),
            ToyTraining.Network.Input, device, _ => free);

    private Upload Counted() => new(
        tensor =>
        {
            _events.Add("pin");
            return tensor.clone();
        },
        (tensor, _) => tensor.clone(),
        _ => true);

    private static List<string> Train(NetworkSpec spec, TrainingImages images, Upload? upload)
    {
        using var disposed = images;
        using var network = spec.CreateModule(1);
        images.Upload = upload ?? images.Upload;
        var result = new Trainer(new TrainingOptions { Epochs = 2, BatchSize = 8 }).Train(network, images, images);
        return
        [
            .. result.Epochs.Select(epoch => $"{epoch.TrainLoss:R} {epoch.ValidationLoss:R} {string.Join(" ", epoch.ValidationMistakes)}"),
            .. ParameterBits.Of(network).Select(entry => $"{entry.Key} {Convert.ToHexString(entry.Value)}"),
        ];
    }

    private void Use(BatchesAhead batches)
    {
        for (var index = 0; batches.MoveNext(); index++)
        {
            using var scope = NewDisposeScope();
            var (images, labels) = batches.Take();
            Assert.That((images.item<float>(), labels.item<long>(), batches.TakeRows().item<double>(), batches.TakeWeights()!.item<float>()), Is.EqualTo((index, index, index, index)));
            _events.Add($"use {index}");
        }
    }

    /// <summary>Batches that hold their own number.</summary>
    private sealed class Numbered(int count, List<string> events) : ImageBatches
    {
        private int _index = -1;

        public bool Ready { get; init; } = true;

        public int Fails { get; init; } = -1;

        public override bool IsNextReady => Ready;

        public override bool MoveNext()
        {
            if (_index + 1 >= count)
                return false;
            return ++_index == Fails ? throw new InvalidDataException("An image is corrupt.") : true;
        }

        public override (Tensor Images, Tensor Labels) Take()
        {
            events.Add($"copy {_index}");
            return (tensor((float)_index), tensor((long)_index));
        }

        public override Tensor TakeRows() => tensor((double)_index);

        public override Tensor TakeWeights() => tensor((float)_index);

        public override void Dispose()
        {
        }
    }

    private sealed class EachStep(Action<StepCompleted> act) : TrainingObserver
    {
        public override void OnStepCompleted(StepCompleted completed) => act(completed);
    }
}
