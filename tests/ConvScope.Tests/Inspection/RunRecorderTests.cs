using ConvScope.Augmentation;
using ConvScope.Inspection;
using ConvScope.Measuring;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Networks.Zoo;
using ConvScope.Quantities;
using ConvScope.Quantities.Batch;
using ConvScope.Quantities.Parameters;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Records.Recording;
using ConvScope.Records.Tests.Recording;
using ConvScope.Tests.Training;
using ConvScope.Training;

namespace ConvScope.Tests.Inspection;

public sealed class RunRecorderTests
{
    private static readonly TrainingOptions _training = new() { Epochs = 2, BatchSize = 8, LearningRate = 0.05, Seed = 6 };

    private static readonly IReadOnlyList<QuantityGroup> _few =
        [new("few", Schedule.Never, 1) { Scalars = [new BatchLoss(), new GradientNorm(), new GradientMean(), new GradientMax(), new WeightNorm()] }];

    [Test]
    public void Record_OfATraining_HoldsTheScheduledStepsOfEveryQuantity()
    {
        using var folder = new TemporaryFolder();
        Train(folder.File("run"), Schedule.Every(4));
        using var record = RunRecord.Open(folder.File("run"));
        string[] perParameter = ["gradient norm", "gradient mean", "gradient max", "weight norm"];

        Assert.That(record.ReadSeries().Select(series => (series.Quantity, series.Target)), Is.EqualTo(
            perParameter.SelectMany(quantity => ToyImages.ParameterNames.Select(target => (quantity, target))).Prepend(("loss", ""))
                .Concat(new[] { "learning rate", "train loss", "train accuracy", "validation loss", "validation accuracy" }.Select(quantity => (quantity, "")))));
        Assert.That(record.Read("loss").Select(reading => (reading.Step, reading.Epoch)), Is.EqualTo(new[] { (0L, 1), (4L, 2) }));
        Assert.That(record.Read("weight norm", "fc.bias").Select(reading => reading.Step), Is.EqualTo(new[] { 0, 4 }));
    }

    [Test]
    public void Record_OfAnAugmentedTraining_HoldsTheFirstBatchBeforeAndAfter()
    {
        using var folder = new TemporaryFolder();
        using var train = ToyImages.Create(20);
        using var network = ToyImages.Network.CreateModule(1);
        using var recorder = new RunRecorder(new InspectionOptions(folder.File("run")) { Level = InspectionLevel.Light, Budget = null }, ToyImages.Network);
        var first = new FirstBatch();
        new Trainer(new TrainingOptions { Epochs = 1, BatchSize = 8, Augmentations = [new Flip(1)] }, [recorder, first]).Train(network, train);

        using var record = RunRecord.Open(folder.File("run"));
        var arrays = record.ReadSnapshots(SnapshotKind.Augmentation).Single().ReadArrays().ToDictionary(array => array.Name);
        Assert.That(arrays.Keys, Is.EquivalentTo(new[] { "before", "after", "label" }));
        Assert.That(arrays["before"].Shape, Is.EqualTo(new long[] { 8, 1, 8, 8 }));
        Assert.That(arrays["after"].Values, Is.EqualTo(first.Images));
        Assert.That(arrays["after"].Values, Is.EqualTo(arrays["before"].Values.Chunk(8).SelectMany(row => row.Reverse())), "mirrored");
        Assert.That(arrays["label"].Values, Is.EqualTo(first.Labels));
    }

    [Test]
    public void Record_OfATrainingWithoutAugmentation_HoldsNoneOfIt()
    {
        using var folder = new TemporaryFolder();
        Train(folder.File("run"), Schedule.Every(4));
        using var record = RunRecord.Open(folder.File("run"));
        Assert.That(record.ReadSnapshots(SnapshotKind.Augmentation), Is.Empty);
    }

    [Test]
    public void Record_OfATraining_HoldsTheEpochsMetricsAtTheirLastStep()
    {
        using var folder = new TemporaryFolder();
        var result = Train(folder.File("run"), Schedule.Never);
        using var record = RunRecord.Open(folder.File("run"));
        Assert.That(record.Read(QuantityNames.TrainLoss), Is.EqualTo(result.Epochs.Select(epoch => new Reading(epoch.Epoch * 3 - 1, epoch.Epoch, epoch.TrainLoss))));
        Assert.That(record.Read(QuantityNames.ValidationAccuracy).Select(reading => (double?)reading.Value), Is.EqualTo(result.Epochs.Select(epoch => epoch.ValidationAccuracy)));
    }

    [Test]
    public void Record_OfATraining_HoldsTheWeightsBeforeAndAfterEachEpoch()
    {
        using var folder = new TemporaryFolder();
        using var network = ToyImages.Network.CreateModule(2);
        var initial = ParameterBits.Of(network);
        using var data = ToyImages.Create(20);
        new Trainer(_training, [new RunRecorder(new InspectionOptions(folder.File("run")))]).Train(network, data);

        using var record = RunRecord.Open(folder.File("run"));
        var snapshots = record.ReadSnapshots();
        Assert.That(snapshots.Select(snapshot => (snapshot.Step, snapshot.Epoch)), Is.EqualTo(new[] { (0L, 0), (3L, 1), (6L, 2) }));
        Assert.That(Bits(snapshots[0]), Is.EqualTo(initial));
        Assert.That(Bits(snapshots[2]), Is.EqualTo(ParameterBits.Of(network)));
    }

    [Test]
    public void Record_OfANormalisedNetwork_HoldsItsRunningStatisticsInTheirOwnTypes()
    {
        using var folder = new TemporaryFolder();
        using var network = new NetworkSpec("normalised", new Shape(1, 8, 8), Normalization.Centred(1),
            [new Conv2dLayer("conv", 4, 3), new BatchNorm2dLayer("norm"), new FlattenLayer("flatten"), new LinearLayer("fc", 3)]).CreateModule(2);
        using var data = ToyImages.Create(20);
        new Trainer(_training, [new RunRecorder(new InspectionOptions(folder.File("run")))]).Train(network, data);
        using var record = RunRecord.Open(folder.File("run"));
        using var last = record.ReadSnapshots()[^1].Open();
        Assert.That(last.Tensors.Select(tensor => $"{tensor} {Convert.ToHexString(tensor.ReadBytes())}"), Is.EquivalentTo(ModuleWeights.Read(network).Select(tensor => $"{tensor} {Convert.ToHexString(tensor.ReadBytes())}")));
        Assert.That(last.Tensors.Single(tensor => tensor.Name == "norm.num_batches_tracked").ReadDoubles(), Is.EqualTo(new double[] { 6 }));
    }

    [Test]
    public void Record_OfATrainingOnAGpu_SaysWhereTensorFloat32IsUsed()
    {
        using var folder = new TemporaryFolder();
        using var network = ToyImages.Network.CreateModule(1);
        using (var recorder = new RunRecorder(new InspectionOptions(folder.File("run")), ToyImages.Network))
            recorder.OnTrainingStarted(new TrainingStarted(network, new TrainingOptions(),
                new TorchSharp.torch.Device(TorchSharp.DeviceType.CUDA, 1), 20, 0, 3));
        using var record = RunRecord.Open(folder.File("run"));
        var metadata = record.ReadMetadata();
        Assert.That((metadata["device"], metadata["tf32"]), Is.EqualTo(("cuda:1", "convolutions")));
    }

    [Test]
    public void Record_OfATraining_HoldsItsMetadata()
    {
        using var folder = new TemporaryFolder();
        Train(folder.File("run"), Schedule.Every(4), dataset: "toy images");
        using var record = RunRecord.Open(folder.File("run"));
        var metadata = record.ReadMetadata();

        Assert.That(metadata.Where(pair => pair.Key is not ("versions" or "inspection seconds" or "training seconds" or "inspection costs" or "kernels" or "host" or "process" or "commit" or "dataset sha256" or "run" or "heartbeat" or "process space")), Is.EquivalentTo(new Dictionary<string, string>
        {
            ["network"] = "toy",
            ["network json"] = ToyImages.Network.ToJson(),
            ["dataset"] = "toy images",
            ["task"] = "multiclass",
            ["network calls"] = "plain",
            ["train count"] = "20",
            ["validation count"] = "5",
            ["steps per epoch"] = "3",
            ["options"] = """{"epochs":2,"batchSize":8,"learningRate":0.05,"momentum":0.9,"augmentations":[],"labelSmoothing":0,"seed":6}""",
            ["seed"] = "6",
            ["level"] = "Light",
            ["budget"] = "none",
            ["schedule"] = "few every 4 steps",
            ["device"] = "cpu",
            ["started"] = "2024-02-29T12:30:00.0000000+00:00",
            ["status"] = "completed",
        }));
        Assert.That(metadata["versions"], Does.Match(@"^ConvScope 1\.0\.0\.0, TorchSharp \d[^,]*, \.NET 10\.[^,]*, .+$"));
        Assert.That(double.Parse(metadata["inspection seconds"]), Is.GreaterThan(0));
        Assert.That(metadata["inspection costs"], Does.Match(@"^few [\d.E-]+ s; start [\d.E-]+ s(; [a-z ]+ [\d.E-]+ s)+$"));
        Assert.That(metadata["host"], Does.EndWith($", {Environment.ProcessorCount} processors"));
        using var data = ToyImages.Create(20);
        Assert.That(metadata["dataset sha256"], Is.EqualTo(data.Checksum()).And.Length.EqualTo(64));
    }

    [Test]
    public void Record_EndOfAnEpoch_HoldsTheWorstMistakesWithTheirImages()
    {
        using var folder = new TemporaryFolder();
        using var recorder = Recorder(folder.File("run"));
        var result = TrainBare(recorder);

        using var record = RunRecord.Open(folder.File("run"));
        using var validation = ToyImages.Create(5, seed: 9);
        var expected = result.Epochs[0].ValidationMistakes;
        var arrays = record.ReadSnapshots(SnapshotKind.Mistakes)[0].ReadArrays().ToDictionary(array => array.Name);
        Assert.That(expected, Is.Not.Empty);
        Assert.That(arrays["images"].Shape, Is.EqualTo(new long[] { expected.Count, 1, 8, 8 }));
        Assert.That(arrays["images"].Values.Take(64), Is.EqualTo(ToyTraining.Values(validation.Images[expected[0].Row])));
        Assert.That(arrays["row"].Values, Is.EqualTo(expected.Select(mistake => mistake.Row)));
        Assert.That(arrays["label"].Values, Is.EqualTo(expected.Select(mistake => mistake.Label)));
        Assert.That(arrays["predicted"].Values, Is.EqualTo(expected.Select(mistake => mistake.Predicted)));
        Assert.That(arrays["probability"].Values, Is.EqualTo(expected.Select(mistake => (float)mistake.Probability)));
        Assert.That(arrays["loss"].Values, Is.EqualTo(expected.Select(mistake => (float)mistake.Loss)));
    }

    [Test]
    public void Record_WithoutValidationSet_HoldsTheWorstMistakesOfTheProbeSet()
    {
        using var folder = new TemporaryFolder();
        using var network = ToyImages.Network.CreateModule(2);
        using var data = ToyImages.Create(20);
        using var recorder = Recorder(folder.File("run"));
        new Trainer(_training with { Epochs = 1, LearningRate = 1e-6 }, [recorder]).Train(network, data);
        using var record = RunRecord.Open(folder.File("run"));
        Assert.That(record.ReadSnapshots(SnapshotKind.Mistakes).Single().ReadArrays()[0].Shape.Skip(1), Is.EqualTo(new[] { 1, 8, 8 }));
    }

    [Test]
    public void Record_WithPreChecks_TriesTheNetworkOutAndChangesNothing()
    {
        using var folder = new TemporaryFolder();
        using var recorder = new RunRecorder(new InspectionOptions(folder.File("run")) { PreChecks = true, Budget = null }, ToyImages.Network);
        Assert.That(Losses(TrainBare(recorder)), Is.EqualTo(Losses(TrainBare())));
        using var record = RunRecord.Open(folder.File("run"));
        Assert.That(record.Read(QuantityNames.OneBatchAccuracy).Single(), Is.EqualTo(new Reading(0, 1, 1)));
        Assert.That(record.Read(QuantityNames.SharedImages).Single().Value, Is.Zero);
    }

    [Test]
    public void Record_WithAndWithout_GivesTheSameLossesToTheLastBit()
    {
        using var folder = new TemporaryFolder();
        var recorded = Train(folder.File("run"), Schedule.Every(1));
        Assert.That(Losses(recorded), Is.EqualTo(Losses(TrainBare())));
    }

    [Test]
    public void Record_QuantityThatFails_CostsItselfAndOneWarning()
    {
        using var folder = new TemporaryFolder();
        var logger = new ListLogger();
        var group = new QuantityGroup("mine", Schedule.Every(1), 1) { Scalars = [new Failing(fromStep: 2), new BatchLoss(), new Pair()] };
        using var recorder = new RunRecorder(new InspectionOptions(folder.File("run")) { Groups = [group], Level = InspectionLevel.Light, Budget = null }, ToyImages.Network, logger);
        Assert.That(Losses(TrainBare(recorder)), Is.EqualTo(Losses(TrainBare())));

        using var record = RunRecord.Open(folder.File("run"));
        Assert.That(record.Read(QuantityNames.Loss).Select(reading => reading.Step), Is.EqualTo(Enumerable.Range(0, 6)));
        Assert.That(record.Read("failing").Select(reading => reading.Step), Is.EqualTo(new[] { 0, 1 }));
        Assert.That(logger.Warnings, Is.EqualTo(new[]
        {
            "The inspection leaves the quantity 'pair' out from now on; the rest of it and the training go on. A quantity gives one element a target; this one gives [2].",
            "The inspection leaves the quantity 'failing' out from now on; the rest of it and the training go on. It does not feel like it.",
        }));
    }

    [Test]
    public void RunFolder_OneThatHoldsARecord_IsFollowedByNumbers()
    {
        using var folder = new TemporaryFolder();
        using RunRecorder first = Recorder(folder.File("run")), second = Recorder(folder.File("run")), third = Recorder(folder.File("run") + "/");
        Assert.That(first.RunFolder, Is.Null);
        foreach (var recorder in new[] { first, second, third })
            TrainBare(recorder);

        Assert.That(new[] { first, second, third }.Select(recorder => recorder.RunFolder),
            Is.EqualTo(new[] { folder.File("run"), folder.File("run-002"), folder.File("run-003") }));
        Assert.That(Directory.GetDirectories(folder.Path).Select(Path.GetFileName), Is.EquivalentTo(new[] { "run", "run-002", "run-003" }));
    }

    [Test]
    public void Record_TrainingThatFails_SaysSo()
    {
        using var folder = new TemporaryFolder();
        using var network = LeNet5.Create().CreateModule(1);
        using var data = ToyImages.Create(20);
        Assert.Throws<NetworkException>(() => new Trainer(_training, [Recorder(folder.File("run"))]).Train(network, data));
        using var record = RunRecord.Open(folder.File("run"));
        Assert.That(record.ReadMetadata()["status"], Is.EqualTo("failed"));
    }

    [Test]
    public void Record_ThatBreaksInMidTraining_CostsOneWarningAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        var logger = new ListLogger();
        using var recorder = Recorder(folder.File("run"), logger);
        var result = TrainBare(recorder, new AtStep(2, () => RecordFile.Execute(folder.File("run"), "DROP TABLE readings")));

        Assert.That(Losses(result), Is.EqualTo(Losses(TrainBare())));
        Assert.That(logger.Warnings, Is.EqualTo(new[]
        {
            $"The record in '{folder.File("run")}' cannot be written; the training goes on without it. SQLite Error 1: 'no such table: readings'.",
        }));
    }

    [Test]
    public void Record_FolderThatCannotBe_CostsOneWarningAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("file"), "");
        var logger = new ListLogger();
        using var recorder = Recorder(folder.File("file/run"), logger);

        Assert.That(Losses(TrainBare(recorder)), Is.EqualTo(Losses(TrainBare())));
        Assert.That(logger.Warnings, Has.Count.EqualTo(1));
        Assert.That(logger.Warnings[0], Does.StartWith($"The record in '{folder.File("file/run")}' cannot be written; the training goes on without it. "));
        Assert.That(recorder.RunFolder, Is.Null);
    }

    [Test]
    public void Dispose_InMidTraining_ClosesTheRecordAndTheTrainingGoesOn()
    {
        using var folder = new TemporaryFolder();
        var logger = new ListLogger();
        using var recorder = Recorder(folder.File("run"), logger);
        var result = TrainBare(new AtStep(4, recorder.Dispose), recorder);

        Assert.That(Losses(result), Is.EqualTo(Losses(TrainBare())));
        Assert.That(logger.Warnings, Is.Empty);
        using var record = RunRecord.Open(folder.File("run"));
        Assert.That(record.Read("loss").Select(reading => reading.Step), Is.EqualTo(new[] { 0, 1, 2, 3 }));
        Assert.That(record.ReadMetadata()["status"], Is.EqualTo("running"));
    }

    [Test]
    public void Record_OfATraining_LeavesNoNativeTensor()
    {
        using var folder = new TemporaryFolder();
        Assert.That(NativeTensors.LeftBehindBySecond(() => TrainBare(Recorder(folder.File("run")))), Is.Zero);
    }

    private static RunRecorder Recorder(string folder, ListLogger? logger = null) => new(new InspectionOptions(folder) { Schedule = Schedule.Every(1), Budget = null }, ToyImages.Network, logger);

    private static TrainingResult Train(string folder, Schedule schedule, string? dataset = null)
    {
        using var recorder = new RunRecorder(new InspectionOptions(folder) { Level = InspectionLevel.Light, Groups = _few, Schedule = schedule, Dataset = dataset, Budget = null }, ToyImages.Network, time: new LeapDay());
        return TrainBare(recorder);
    }

    private static TrainingResult TrainBare(params TrainingObserver[] observers)
    {
        using var network = ToyImages.Network.CreateModule(2);
        using var train = ToyImages.Create(20);
        using var validation = ToyImages.Create(5, seed: 9);
        return new Trainer(_training, observers).Train(network, train, validation);
    }

    private static double[] Losses(TrainingResult result) => [.. result.Epochs.Select(epoch => epoch.TrainLoss)];

    private static Dictionary<string, byte[]> Bits(Snapshot snapshot) =>
        snapshot.ReadArrays().ToDictionary(array => array.Name, array => array.Values.SelectMany(BitConverter.GetBytes).ToArray());

    /// <summary>Gives 1 and, from a step on, an exception.</summary>
    private sealed class Failing(int fromStep) : Quantity("failing", "1")
    {
        private int _step;

        public override IEnumerable<(string Target, TorchSharp.torch.Tensor Value)> Measure(StepContext context)
        {
            if (_step++ >= fromStep)
                throw new NotSupportedException("It does not feel like it.");
            yield return ("", TorchSharp.torch.ones(1));
        }
    }

    private sealed class Pair() : Quantity("pair", "1")
    {
        public override IEnumerable<(string Target, TorchSharp.torch.Tensor Value)> Measure(StepContext context) => [("", TorchSharp.torch.ones(2))];
    }

    private sealed class LeapDay : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2024, 2, 29, 12, 30, 0, TimeSpan.Zero);
    }

    private sealed class FirstBatch : TrainingObserver
    {
        public float[] Images { get; private set; } = [];

        public float[] Labels { get; private set; } = [];

        public override void OnStepCompleted(StepCompleted completed)
        {
            if (completed.Step > 0)
                return;
            Images = [.. ToyTraining.Values(completed.Images).Select(value => (float)value)];
            Labels = [.. ToyTraining.Values(completed.Labels).Select(value => (float)value)];
        }
    }
}
