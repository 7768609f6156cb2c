using System.Diagnostics;
using ConvScope.Datasets;
using ConvScope.Inspection;
using ConvScope.Networks;
using ConvScope.Records.Files;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.Images;
using ConvScope.Training.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

/// <summary>Trainings on image files that are decoded while the network computes.</summary>
public sealed class StreamedImagesTests
{
    private static readonly NetworkSpec _network = new("toy", new Shape(3, 12, 12), Normalization.Centred(3),
        [new Conv2dLayer("conv", 6, 3), new ReluLayer("relu"), new MaxPool2dLayer("pool", 2), new FlattenLayer("flatten"), new LinearLayer("fc", 3)]);

    private TemporaryFolder _folder = null!;
    private ImageFolder _images = null!;

    [SetUp]
    public void WriteImages()
    {
        _folder = new TemporaryFolder();
        _images = ImageFolder.Open(PictureFiles.WriteFolder(_folder.File("images"), PictureFiles.Create(perClass: 16)));
    }

    [TearDown]
    public void RemoveImages()
    {
        _images.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void Train_OnFiles_LearnsTheirColours()
    {
        var result = Train(Stream(), epochs: 6, out _);
        Assert.That(result.Epochs[^1].ValidationAccuracy, Is.GreaterThan(0.95));
        Assert.That(result.Epochs[0].WaitingSeconds, Is.GreaterThan(0));
    }

    [Test]
    public void Train_AnyNumberOfThreadsAndBatchesAhead_GivesTheSameBits()
    {
        var expected = Bits(new StreamingOptions { DecoderThreads = 1, PrefetchedBatches = 1 });
        foreach (var (threads, ahead) in new[] { (1, 4), (2, 2), (3, 1), (8, 16) })
            Assert.That(Bits(new StreamingOptions { DecoderThreads = threads, PrefetchedBatches = ahead }), Is.EqualTo(expected), $"{threads} threads, {ahead} batches ahead");

        string Bits(StreamingOptions streaming)
        {
            Train(Stream(streaming), epochs: 2, out var bits);
            return bits;
        }
    }

    [Test]
    public void Train_AnotherSeed_HasAnotherOrder()
    {
        using var network = _network.CreateModule(1);
        List<string> orders = [];
        foreach (var seed in new[] { 1L, 1L, 2L })
        {
            var labels = new List<long>();
            new Trainer(new TrainingOptions { Epochs = 1, BatchSize = 8, Seed = seed }, [new EachStep(step => labels.AddRange(step.Labels.data<long>().ToArray()))]).Train(network, Stream());
            orders.Add(string.Join("", labels));
        }

        Assert.That(orders[1], Is.EqualTo(orders[0]));
        Assert.That(orders[2], Is.Not.EqualTo(orders[0]));
    }

    [Test]
    public void Train_Resumed_GoesOnToTheSameBits()
    {
        var checkpoints = new CheckpointOptions(_folder.File("checkpoints"));
        Train(Stream(), epochs: 4, out var uninterrupted);
        Train(Stream(), epochs: 2, out _, checkpoints);
        Train(Stream(), epochs: 4, out var resumed, resumeFrom: _folder.File("checkpoints"));
        Assert.That(resumed, Is.EqualTo(uninterrupted));
    }

    [Test]
    public void Open_SmallSet_IsHeldWithTheSamePixels()
    {
        using var held = TrainingImages.Open(_images, _network.Input);
        using var scope = NewDisposeScope();
        Assert.That(held, Is.InstanceOf<LabeledImages>());
        Assert.That(held.Count, Is.EqualTo(48));
        var (images, labels) = Stream().First(48);
        Assert.That(((LabeledImages)held).Images.equal(images).all().item<bool>());
        Assert.That(((LabeledImages)held).Labels.data<long>().ToArray(), Is.EqualTo(labels.data<long>().ToArray()));
    }

    [Test]
    [Category("Slow")]
    public void Open_SetLargerThanAnArray_IsHeld()
    {
        var shape = new Shape(3, 3900, 3900);
        using var held = (LabeledImages)TrainingImages.Open(_images, shape, streaming: new StreamingOptions { ResidentLimit = 3L << 30 });
        using var scope = NewDisposeScope();
        Assert.That(held.Images.NumberOfElements, Is.EqualTo(48L * shape.Count).And.GreaterThan(Array.MaxLength));
        using var streamed = StreamedImages.Create(_images, shape);
        Assert.That(held.Images.narrow(0, 47, 1).equal(streamed.Select([47])).all().item<bool>());
    }

    [Test]
    public void Open_SetAboveTheLimit_IsStreamed()
    {
        using var held = TrainingImages.Open(_images, _network.Input, streaming: new StreamingOptions { ResidentLimit = 48 * 432 });
        using var streamed = TrainingImages.Open(_images, _network.Input, streaming: new StreamingOptions { ResidentLimit = 48 * 432 - 1 });
        Assert.That(held, Is.InstanceOf<LabeledImages>());
        Assert.That(streamed, Is.InstanceOf<StreamedImages>());
    }

    [Test]
    public void Evaluate_Streamed_IsWhatTheHeldSetGives()
    {
        using var network = _network.CreateModule(1);
        using var held = TrainingImages.Open(_images, _network.Input);
        Scores expected = Evaluator.Evaluate(network, held, 16), streamed = Evaluator.Evaluate(network, Stream(), 16);
        Assert.That((streamed.Loss, streamed.Accuracy), Is.EqualTo((expected.Loss, expected.Accuracy)));
        Assert.That(streamed.WorstMistakes, Is.EqualTo(expected.WorstMistakes));
    }

    [TestCase("empty", "the file is empty")]
    [TestCase("text", "its content is no JPEG, PNG, WebP, BMP or GIF")]
    [TestCase("truncated", "the file ends before the image is complete")]
    [TestCase("gone", "Could not find file")]
    public void Train_CorruptImage_IsSkippedByNameOrFatalAsTheOptionSays(string fault, string reason)
    {
        var victim = _images.ImagePath(5);
        var content = File.ReadAllBytes(victim);
        if (fault == "gone")
            File.Delete(victim);
        else
            File.WriteAllBytes(victim, fault switch { "empty" => [], "text" => "Not found"u8.ToArray(), _ => content[..(content.Length - 200)] });

        var log = new ListLogger();
        var result = Train(Stream(decoding: new ImageDecoding { OnCorrupt = CorruptImage.Skip }, logger: log), epochs: 2, out _);
        Assert.That(log.Warnings, Has.Count.EqualTo(1), "once, not in every epoch");
        Assert.That(log.Warnings[0], Does.StartWith($"Image '{victim}' is left out: {reason}"));
        Assert.That(result.Epochs.Select(epoch => epoch.SkippedImages), Is.All.EqualTo(1));

        var error = Assert.Throws<DamagedFileException>(() => Train(Stream(), epochs: 1, out _));
        Assert.That(error!.Message, Does.StartWith($"Image '{victim}' cannot be decoded: {reason}"));
    }

    [Test]
    public void Train_PngNamedJpg_IsDecodedByItsContent()
    {
        File.WriteAllBytes(_images.ImagePath(0), PictureFiles.Encode(20, 20, (_, _) => new SkiaSharp.SKColor(0, 0, 200)));
        Assert.That(Train(Stream(), epochs: 1, out _).Epochs[0].SkippedImages, Is.Zero);
    }

    [TestCase(1)]
    [TestCase(6)]
    public void Train_SeveralCorruptImages_FailsAtTheFirstOfTheOrderWithAnyNumberOfThreads(int threads)
    {
        for (var index = 0; index < 48; index += 7)
            File.WriteAllBytes(_images.ImagePath(index), []);
        var messages = Enumerable.Range(0, 3).Select(_ => Assert.Throws<DamagedFileException>(() => Train(Stream(new StreamingOptions { DecoderThreads = threads }), epochs: 1, out string _))!.Message);
        var expected = Assert.Throws<DamagedFileException>(() => Train(Stream(new StreamingOptions { DecoderThreads = 2 }), epochs: 1, out string _))!.Message;
        Assert.That(messages, Is.All.EqualTo(expected));
    }

    [Test]
    public void Train_AllImagesCorrupt_FailsEvenWhereTheyAreSkipped()
    {
        foreach (var index in Enumerable.Range(0, 48))
            File.WriteAllBytes(_images.ImagePath(index), []);
        var skip = new ImageDecoding { OnCorrupt = CorruptImage.Skip };
        Assert.That(Assert.Throws<DamagedFileException>(() => Train(Stream(decoding: skip), epochs: 1, out _))!.Message, Does.StartWith("None of 48 images can be decoded, beginning with '").And.EndsWith("': the file is empty."));
        Assert.That(Assert.Throws<DamagedFileException>(() => TrainingImages.Open(_images, _network.Input, skip))!.Message, Does.StartWith("None of 48 images can be decoded"));
    }

    [TestCase(CorruptImage.Fail)]
    [TestCase(CorruptImage.Skip)]
    public void Train_ArchiveClosedMeanwhile_EndsWithAnErrorThatNamesAnImage(CorruptImage action)
    {
        var tar = PictureFiles.WriteTar(_folder.File("a.tar"), PictureFiles.Create(perClass: 16));
        using var archive = ImageFolder.Open(tar);
        using var network = _network.CreateModule(1);
        var closing = new EachStep(step =>
        {
            if (step.Step == 7)
                archive.Dispose(); // the decoders' handle with it
        });
        var data = StreamedImages.Create(archive, _network.Input, new ImageDecoding { OnCorrupt = action }, new StreamingOptions { PrefetchedBatches = 1 });
        var error = Assert.Throws<DamagedFileException>(() => new Trainer(new TrainingOptions { Epochs = 4, BatchSize = 8 }, [closing]).Train(network, data));
        Assert.That(error!.Message, Does.Contain($"{tar}!/").And.Contain("closed").IgnoreCase);
        Assert.That(error.Message, Does.StartWith(action == CorruptImage.Fail ? "Image '" : "None of 48 images"));
    }

    [Test]
    public void Train_Cancelled_EndsTheDecoderThreads()
    {
        using var network = _network.CreateModule(1);
        using var source = new CancellationTokenSource();
        var threads = 0;
        var stop = new EachStep(step =>
        {
            threads = Math.Max(threads, DecoderThreads());
            if (step.Step == 3)
                source.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => new Trainer(new TrainingOptions { Epochs = 100, BatchSize = 4 }, [stop]).Train(network, Stream(new StreamingOptions { DecoderThreads = 4, PrefetchedBatches = 1 }), cancellation: source.Token));
        Assert.That((threads, DecoderThreads()), Is.EqualTo((4, 0)), "while it trains and afterwards");
    }

    [Test]
    public void Train_CompletedFailedOrCancelled_LeavesNoTensorAndNoThread()
    {
        using var held = TrainingImages.Open(_images, _network.Input);
        var left = NativeTensors.LeftBehindBySecond(() =>
        {
            Train(Stream(new StreamingOptions { DecoderThreads = 3 }), epochs: 2, out _);
            var error = new EachStep(_ => File.WriteAllBytes(_images.ImagePath(0), []));
            var intact = File.ReadAllBytes(_images.ImagePath(0));
            using (var network = _network.CreateModule(1))
                Assert.Throws<DamagedFileException>(() => new Trainer(new TrainingOptions { Epochs = 3, BatchSize = 8 }, [error]).Train(network, Stream()));
            File.WriteAllBytes(_images.ImagePath(0), intact);
        });
        Assert.That(left, Is.Zero);
        Assert.That(DecoderThreads(), Is.Zero);
    }

    [Test]
    public void Train_SetLargerThanItsBuffers_UsesThemAgain()
    {
        var shape = new Shape(3, 96, 96); // 48 images are 1.3 MB decoded, a batch of four is 110 kB
        using var network = new NetworkSpec("flat", shape, Normalization.Centred(3), [new AvgPool2dLayer("pool", 32), new FlattenLayer("flatten"), new LinearLayer("fc", 3)]).CreateModule(1);
        var data = StreamedImages.Create(_images, shape, streaming: new StreamingOptions { DecoderThreads = 2, PrefetchedBatches = 2 });
        var allocated = new List<long>();
        var trainer = new Trainer(new TrainingOptions { Epochs = 6, BatchSize = 4 }, [new EachEpoch(() => allocated.Add(GC.GetTotalAllocatedBytes(precise: true)))]);
        trainer.Train(network, data);
        var anEpoch = allocated.Zip(allocated.Skip(1), (before, after) => after - before).Min();
        Assert.That(anEpoch, Is.LessThan(48 * shape.Count), "bytes on the managed heap, those of one pass over the decoded images");
    }

    [Test]
    public void Train_Inspected_RecordHoldsTheWaitingShareAndTheSkippedImages()
    {
        File.WriteAllBytes(_images.ImagePath(5), []);
        using var network = _network.CreateModule(1);
        using var recorder = new RunRecorder(new InspectionOptions(_folder.File("run")) { Budget = null }, _network);
        var data = Stream(decoding: new ImageDecoding { OnCorrupt = CorruptImage.Skip });
        var result = new Trainer(new TrainingOptions { Epochs = 2, BatchSize = 8 }, [recorder]).Train(network, data, data);
        using var record = RunRecord.Open(_folder.File("run"));
        var metadata = record.ReadMetadata();
        Assert.That(double.Parse(metadata[MetadataNames.WaitingSeconds], System.Globalization.CultureInfo.InvariantCulture), Is.EqualTo(result.Epochs.Sum(epoch => epoch.WaitingSeconds)!.Value).Within(1e-9));
        Assert.That(metadata[MetadataNames.SkippedImages], Is.EqualTo("2"));
        Assert.That(metadata[MetadataNames.Checksum], Is.EqualTo(data.Checksum()));
        Assert.That(record.ReadSnapshots(SnapshotKind.Attributions), Has.Count.EqualTo(1));
        var summary = RunSummary.FromRecord(_folder.File("run"));
        Assert.That(summary.WaitingShare, Is.EqualTo(summary.WaitingSeconds / summary.TrainingSeconds).And.InRange(0, 1));
    }

    [Test]
    public void Checksum_OfTheSameFilesElsewhere_IsTheSameAndOfOthersAnother()
    {
        using var again = ImageFolder.Open(PictureFiles.WriteFolder(_folder.File("elsewhere"), PictureFiles.Create(perClass: 16)));
        using var others = ImageFolder.Open(PictureFiles.WriteFolder(_folder.File("others"), PictureFiles.Create(perClass: 16, seed: 1)));
        var checksum = Stream().Checksum();
        Assert.That(StreamedImages.Create(again, _network.Input).Checksum(), Is.EqualTo(checksum));
        Assert.That(StreamedImages.Create(others, _network.Input).Checksum(), Is.Not.EqualTo(checksum));
    }

    [Test]
    public void Train_LabelTheNetworkLacks_IsRefused()
    {
        using var network = new NetworkSpec("two", new Shape(3, 12, 12), Normalization.Centred(3), [new FlattenLayer("flatten"), new LinearLayer("fc", 2)]).CreateModule(1);
        Assert.That(Assert.Throws<ArgumentException>(() => new Trainer(new TrainingOptions { Epochs = 1 }).Train(network, Stream()))!.Message, Does.StartWith("The training set has label 2"));
    }

    [Test]
    public void Create_ShapeOfTwoChannels_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => StreamedImages.Create(_images, new Shape(2, 4, 4)));

    [TestCase(0, 1, 1)]
    [TestCase(1, 0, 1)]
    [TestCase(1, 1, 0)]
    public void Create_OptionOutOfRange_IsRefused(int threads, int ahead, int block) => Assert.Throws<ArgumentOutOfRangeException>(
        () => StreamedImages.Create(_images, _network.Input, streaming: new StreamingOptions { DecoderThreads = threads, PrefetchedBatches = ahead, BlockSize = block }));

    private static int DecoderThreads() => Process.GetCurrentProcess().Threads.Cast<ProcessThread>().Count(thread => ThreadName(thread.Id) == "ConvScope decod");

    /// <summary>The name that the system knows, cut to 15 letters; empty where there are none such.</summary>
    private static string ThreadName(int id) => File.Exists($"/proc/self/task/{id}/comm") ? File.ReadAllText($"/proc/self/task/{id}/comm").Trim() : "";

    private StreamedImages Stream(StreamingOptions? streaming = null, ImageDecoding? decoding = null, ListLogger? logger = null) =>
        StreamedImages.Create(_images, _network.Input, decoding, streaming, logger: logger);

    private static TrainingResult Train(StreamedImages data, int epochs, out string bits, CheckpointOptions? checkpoints = null, string? resumeFrom = null)
    {
        using var network = _network.CreateModule(1);
        var options = new TrainingOptions { Epochs = epochs, BatchSize = 8, LearningRate = 0.02, Checkpoints = checkpoints, ResumeFrom = resumeFrom };
        var result = new Trainer(options).Train(network, data, data);
        bits = string.Join("\n", ParameterBits.Of(network).Select(parameter => $"{parameter.Key} {Convert.ToHexString(parameter.Value)}"));
        return result;
    }

    private sealed class EachEpoch(Action action) : TrainingObserver
    {
        public override void OnEpochCompleted(EpochCompleted completed) => action();
    }

    private sealed class EachStep(Action<StepCompleted> action) : TrainingObserver
    {
        public override void OnStepCompleted(StepCompleted completed) => action(completed);
    }
}
