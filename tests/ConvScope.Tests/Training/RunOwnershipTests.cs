using System.Globalization;
using ConvScope.Inspection;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Diagnosis;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.Optimization;
using ConvScope.Training.Saving;

namespace ConvScope.Tests.Training;

/// <summary>Where trainings keep what they write, and that none takes anything from another: record and checkpoints in one folder, whoever else trains, goes on or ends.</summary>
public sealed class RunOwnershipTests
{
    private static readonly TrainingOptions _options = new() { BatchSize = 8, Epochs = 3, Seed = 1, Checkpoints = new CheckpointOptions() };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase(null)]
    [TestCase("run/checkpoints")]
    public void Train_Twice_KeepsRecordAndCheckpointsTogether(string? folder)
    {
        var options = _options with { Checkpoints = new CheckpointOptions(folder is null ? null : _folder.File(folder)) };
        Assert.That(new[] { Train(options), Train(options) }, Is.EqualTo(new[] { _folder.File("run"), _folder.File("run-002") }));
        Assert.That(Directory.EnumerateDirectories(_folder.Path).Select(Path.GetFileName), Is.EquivalentTo(new[] { "run", "run-002" }));
        foreach (var run in new[] { "run", "run-002" })
            Assert.That(Files(run), Is.SupersetOf(new[] { "run.db", "run.json", "summary.json", "checkpoints/best.pth", "checkpoints/epoch-002.pth", "checkpoints/epoch-003.pth" }));
    }

    [Test]
    public void Train_FourAtOnce_EachHasAFolderOfItsOwn()
    {
        var folders = new string[4];
        Parallel.For(0, folders.Length, index => folders[index] = Train(_options with { Epochs = 1 }));
        Assert.That(folders, Is.Unique);
        foreach (var folder in folders)
            Assert.That(Files(Path.GetFileName(folder)), Is.SupersetOf(new[] { "run.db", "checkpoints/epoch-001.pth", "summary.json" }));
    }

    [Test]
    public void Train_ResumedFromAnEarlierEpoch_KeepsItsCheckpointsAndLeavesTheOthers()
    {
        Train(_options with { Epochs = 8, Checkpoints = new CheckpointOptions { KeepLast = 8 } });
        var before = Files("run").ToDictionary(file => file, file => File.GetLastWriteTimeUtc(_folder.File($"run/{file}")));
        Train(_options with { Epochs = 5, ResumeFrom = _folder.File("run/checkpoints/epoch-002.pth") });
        Assert.That(Files("run-002"), Is.SupersetOf(new[] { "checkpoints/epoch-004.pth", "checkpoints/epoch-005.pth" }));
        foreach (var (file, time) in before)
            Assert.That(File.GetLastWriteTimeUtc(_folder.File($"run/{file}")), Is.EqualTo(time), file);

        var started = new Started();
        Train(_options with { Epochs = 6, ResumeFrom = _folder.File("run") }, started);
        Assert.That((started.Event!.FirstStep, started.Event.Parent!.Epoch), Is.EqualTo((15L, 5)), "who resumes from the folder gets the branch that went on, not the abandoned one");
        Assert.That(started.Event.Parent.Checkpoint, Is.EqualTo(_folder.File("run-002/checkpoints/epoch-005.pth")));
    }

    [Test]
    public void Train_Resumed_RecordAndCheckpointsSayFromWhat()
    {
        Train(_options with { Epochs = 2 });
        Train(_options with { Epochs = 3, ResumeFrom = _folder.File("run/checkpoints") });
        using var parent = RunRecord.Open(_folder.File("run"));
        using var record = RunRecord.Open(_folder.File("run-002"));
        var metadata = record.ReadMetadata();
        Assert.That(metadata["parent run"], Is.EqualTo(parent.ReadMetadata()["run"]));
        Assert.That((metadata["parent checkpoint"], metadata["parent step"]), Is.EqualTo(("../run/checkpoints/epoch-002.pth", "6")));
        using var checkpoint = Checkpoint.Open(_folder.File("run-002/checkpoints/epoch-003.pth"));
        var root = (IReadOnlyDictionary<object, object?>)checkpoint.Root!;
        Assert.That(root["run"], Is.EqualTo(metadata["run"]));
        Assert.That(((IReadOnlyDictionary<object, object?>)root["parent"]!)["step"], Is.EqualTo(6L));
    }

    [Test]
    public void Train_ResumedFromAFolderWhoseBranchIsAnothersByNow_TakesItsOwn()
    {
        Train(_options with { Epochs = 1 });
        Train(_options with { Epochs = 2, ResumeFrom = _folder.File("run") });
        Directory.Delete(_folder.File("run-002"), recursive: true);
        Assert.That(Train(_options with { Epochs = 3, Seed = 9 }), Is.EqualTo(_folder.File("run-002")), "an unrelated training that gets the name");
        AssertResumesFrom("run/checkpoints/epoch-001.pth");
    }

    [Test]
    public void Train_ResumedFromAFolderWhoseBranchIsDamaged_TakesItsOwn()
    {
        Train(_options with { Epochs = 1 });
        Train(_options with { Epochs = 2, ResumeFrom = _folder.File("run") });
        File.WriteAllText(_folder.File("run-002/checkpoints/epoch-002.pth"), "damaged");
        AssertResumesFrom("run/checkpoints/epoch-001.pth");
    }

    private void AssertResumesFrom(string checkpoint)
    {
        var started = new Started();
        Train(_options with { Epochs = 4, ResumeFrom = _folder.File("run") }, started);
        Assert.That(started.Event!.Parent!.Checkpoint, Is.EqualTo(_folder.File(checkpoint)));
    }

    [TestCase(6)]
    [TestCase(4)]
    public void Train_ResumedWithNothingLeft_SaysSoAndLeavesNoRun(int epochs)
    {
        Train(_options with { Epochs = 6 });
        Assert.That(() => Train(_options with { Epochs = epochs, ResumeFrom = _folder.File("run") }),
            Throws.ArgumentException.With.Message.StartsWith("There is nothing left to train: 6 epochs are over in").And.Message.EndsWith($"Epochs is {epochs}."));
        Assert.That(Directory.Exists(_folder.File("run-002")), Is.False);
    }

    [Test]
    public void Train_ResumedWithAnotherBatchSize_SaysSo()
    {
        Train(_options with { Epochs = 1 });
        var logger = new ListLogger();
        Train(_options with { BatchSize = 5, ResumeFrom = _folder.File("run") }, logger: logger);
        Assert.That(logger.Warnings, Has.One.Contains("was trained with batches of 8, and goes on with 5"));
    }

    [Test]
    public void Train_CheckpointsWithoutAFolderOrARun_IsToldBeforeTheFirstStep()
    {
        using var network = ToyImages.Network.CreateModule(1);
        using var data = ToyImages.Create(20);
        Assert.That(() => new Trainer(_options).Train(network, data), Throws.ArgumentException.With.Message.Contains("CheckpointOptions.Folder"));
    }

    [Test]
    public void Train_StoppedByAnObserver_FinishesTheStepAndLeavesEverything()
    {
        var folder = Train(_options with { Epochs = 9, Checkpoints = new CheckpointOptions { SaveInterval = 5 } }, new Stopping(7, "I have seen enough."));
        var summary = RunSummary.Read(folder);
        Assert.That((summary.Status, summary.Reason, summary.Epochs), Is.EqualTo(("stopped", "I have seen enough.", 2)));
        Assert.That(Files("run"), Is.SupersetOf(new[] { "report.html", "figures/loss.png", "checkpoints/epoch-002.pth", "checkpoints/interrupted.pth" }), "the last whole epoch is there though it was not due");
        using var interrupted = Checkpoint.Open(_folder.File("run/checkpoints/interrupted.pth"));
        Assert.That(((IReadOnlyDictionary<object, object?>)interrupted.Root!)["interrupted_at_step"], Is.EqualTo(8L));
    }

    [Test]
    public void Train_Cancelled_LeavesReportCheckpointAndReason()
    {
        using var cancellation = new CancellationTokenSource();
        Assert.That(() => Train(_options, new AtStep(4, cancellation.Cancel), cancellation: cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
        var summary = RunSummary.Read(_folder.File("run"));
        Assert.That((summary.Status, summary.Reason), Is.EqualTo(("cancelled", "The caller asked for the end.")));
        Assert.That(Files("run"), Is.SupersetOf(new[] { "report.html", "figures/loss.png", "checkpoints/epoch-001.pth", "checkpoints/interrupted.pth" }));
    }

    [Test]
    public void Train_Failed_LeavesReportAndReason()
    {
        Assert.That(() => Train(_options with { LearningRate = 1e30 }), Throws.Exception);
        var summary = RunSummary.Read(_folder.File("run"));
        Assert.That((summary.Status, summary.Reason), Is.EqualTo(("failed", summary.Reason)));
        Assert.That(summary.Reason, Does.Contain("is NaN").Or.Contains("no longer finite").Or.Contains("is Infinity"));
        Assert.That(Files("run"), Has.Member("report.html"));
    }

    [Test]
    public void Train_EndedEarly_IsStoppedWithItsReason()
    {
        var folder = Train(_options with { Epochs = 50, LearningRate = 1e-12, EarlyStopping = new EarlyStopping { Patience = 2, SmallestGain = 1 } }, validation: true);
        var summary = RunSummary.Read(folder);
        Assert.That((summary.Status, summary.Reason), Is.EqualTo(("stopped", "The validation loss has not fallen for 2 epochs; epoch 1 was the best.")));
    }

    [Test]
    public void Train_RuleOfOnesOwn_RunsLiveAndStops()
    {
        using var recorder = new RunRecorder(new InspectionOptions(_folder.File("run")) { Schedule = Schedule.Every(1) }, ToyImages.Network);
        using var network = ToyImages.Network.CreateModule(1);
        using var data = ToyImages.Create(20);
        var diagnosis = new DiagnosisObserver(recorder, Severity.Failure, [new StepThree()]);
        var result = new Trainer(_options, [recorder, diagnosis]).Train(network, data);
        Assert.That((result.Outcome, result.Steps, diagnosis.Stopping!.Rule), Is.EqualTo((TrainingOutcome.Stopped, 4L, "step three")));
    }

    [Test]
    public void Train_WhileTheFolderIsRenamed_EndsWithItsResultAndSaysSoOnce()
    {
        var logger = new ListLogger();
        var renaming = new AtStep(4, () => Directory.Move(_folder.File("run"), _folder.File("moved")));
        Assert.That(() => Train(_options with { Checkpoints = null }, renaming, logger: logger), Throws.Nothing);
        Assert.That(logger.Warnings.Count(warning => warning.Contains(_folder.File("run"), StringComparison.Ordinal)), Is.EqualTo(1), string.Join("\n", logger.Warnings));
        Assert.That(RunSummary.Update(_folder.File("run"), summary => summary), Is.False);
    }

    [Test]
    public void Train_AveragedWeights_BestHoldsWhatWasMeasured()
    {
        var options = _options with { Epochs = 2, WeightAverage = 0.9 };
        using var network = ToyImages.Network.CreateModule(1);
        using var data = ToyImages.Create(20);
        new Trainer(options with { Checkpoints = new CheckpointOptions(_folder.File("c")) }).Train(network, data, data);
        using var best = Checkpoint.Open(_folder.File("c/best.pth"));
        var epoch = (long)((IReadOnlyDictionary<object, object?>)best.Root!)["epoch"]!;
        using var last = Checkpoint.Open(_folder.File($"c/epoch-{epoch:D3}.pth"));
        Assert.That(Bits(best.StateDict("state_dict")), Is.EqualTo(Bits(last.StateDict("averaged_state_dict"))));
        Assert.That(Bits(best.StateDict("live_state_dict")), Is.EqualTo(Bits(last.StateDict("state_dict"))), "from which a training goes on");
    }

    private static string[] Bits(IEnumerable<StoredTensor> tensors) => [.. tensors.Select(tensor => Convert.ToHexString(tensor.ReadBytes()))];

    private string Train(TrainingOptions options, TrainingObserver? observer = null, ListLogger? logger = null, bool validation = false, CancellationToken cancellation = default)
    {
        using var network = ToyImages.Network.CreateModule(1);
        using var data = ToyImages.Create(20); // 3 steps an epoch by 8
        using var held = validation ? ToyImages.Create(8) : null;
        using var recorder = new RunRecorder(new InspectionOptions(_folder.File("run")), ToyImages.Network, logger);
        new Trainer(options, observer is null ? [recorder] : [recorder, observer], logger).Train(network, data, held, cancellation);
        return recorder.RunFolder!;
    }

    private string[] Files(string run) =>
        [.. Directory.EnumerateFiles(_folder.File(run), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder.File(run), file).Replace('\\', '/'))];

    private sealed class Started : TrainingObserver
    {
        public TrainingStarted? Event { get; private set; }

        public override void OnTrainingStarted(TrainingStarted started) => Event = started;
    }

    private sealed class Stopping(long step, string reason) : TrainingObserver
    {
        public override void OnStepCompleted(StepCompleted completed)
        {
            if (completed.Step == step)
                completed.Stop(reason);
        }
    }

    private sealed class StepThree() : Rule("step three", QuantityNames.Loss, persistence: 1)
    {
        public override IEnumerable<Signal> Check(History history) =>
            history.Step < 3 ? [] : [new Signal("", Severity.Failure, string.Create(CultureInfo.InvariantCulture, $"Step {history.Step} was made."), "Make none.", [])];
    }
}
