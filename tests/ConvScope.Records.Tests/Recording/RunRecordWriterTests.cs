using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;

namespace ConvScope.Records.Tests.Recording;

public sealed class RunRecordWriterTests
{
    private static readonly Series _loss = new("loss", "", "nats");
    private static readonly Series _norm = new("gradient norm", "conv.weight", "1");

    [Test]
    public void Append_AnyDouble_IsReadAsItWas()
    {
        double[] values = [0.1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, -double.MaxValue];
        using var folder = new TemporaryFolder();
        using (var writer = Start(folder))
        {
            for (var step = 0; step < values.Length; step++)
                writer.Append(new StepReadings(step, 1, step * 0.5, [(_loss, values[step])]));
        }

        using var record = RunRecord.Open(folder.Path);
        Assert.That(record.Read("loss").Select(reading => BitConverter.DoubleToInt64Bits(reading.Value)), Is.EqualTo(values.Select(BitConverter.DoubleToInt64Bits)));
    }

    [Test]
    public void Append_SeveralSeries_KeepsStepsEpochsAndTheOrderOfFirstAppearance()
    {
        using var folder = new TemporaryFolder();
        using (var writer = Start(folder))
        {
            writer.Append(new StepReadings(10, 1, 0.5, [(_norm, 3), (_loss, 2)]));
            writer.Append(new StepReadings(20, 2, 0.9, [(_loss, 1), (_norm, 4)]));
        }

        using var record = RunRecord.Open(folder.Path);
        Assert.That(record.ReadSeries(), Is.EqualTo(new[] { _norm, _loss }));
        Assert.That(record.Read("loss"), Is.EqualTo(new[] { new Reading(10, 1, 2), new Reading(20, 2, 1) }));
        Assert.That(record.Read("gradient norm", "conv.weight"), Is.EqualTo(new[] { new Reading(10, 1, 3), new Reading(20, 2, 4) }));
    }

    [Test]
    public void Append_SeriesTwiceAtOneStep_KeepsTheFirst()
    {
        using var folder = new TemporaryFolder();
        using (var writer = Start(folder))
        {
            writer.Append(new StepReadings(0, 1, 0, [(_loss, 1), (_loss, 2)]));
            writer.Append(new StepReadings(0, 1, 0, [(_loss, 3)]));
        }

        using var record = RunRecord.Open(folder.Path);
        Assert.That(record.Read("loss"), Is.EqualTo(new[] { new Reading(0, 1, 1) }));
    }

    [Test]
    public void Append_MoreThanTheQueueHolds_LosesNothing()
    {
        const int count = 5000;
        using var folder = new TemporaryFolder();
        using (var writer = Start(folder))
        {
            for (var step = 0; step < count; step++)
                writer.Append(new StepReadings(step, 1, 0, [(_loss, step)]));
        }

        using var record = RunRecord.Open(folder.Path);
        Assert.That(record.Read("loss").Select(reading => reading.Value), Is.EqualTo(Enumerable.Range(0, count)));
    }

    [Test]
    public void SetMetadata_KnownAndNewKeys_ReplacesAndAdds()
    {
        using var folder = new TemporaryFolder();
        using (var writer = Start(folder))
            writer.SetMetadata(new Dictionary<string, string> { ["status"] = "completed", ["ünicode"] = "it's \"so\"" });

        using var record = RunRecord.Open(folder.Path);
        Assert.That(record.ReadMetadata(), Is.EquivalentTo(new Dictionary<string, string> { ["network"] = "toy", ["status"] = "completed", ["ünicode"] = "it's \"so\"" }));
    }

    [Test]
    public void AppendSnapshot_Arrays_AreReadInStepOrder()
    {
        using var folder = new TemporaryFolder();
        NamedArray[] arrays = [new("z", [2, 1], [1.5f, float.NaN]), new("a", [], [-0.0f])];
        using (var writer = Start(folder))
        {
            writer.AppendSnapshot(1_234_567, 2, SnapshotKind.Weights, arrays);
            writer.AppendSnapshot(0, 0, SnapshotKind.Weights, [new("z", [1], [7])]);
        }

        using var record = RunRecord.Open(folder.Path);
        var snapshots = record.ReadSnapshots();
        Assert.That(snapshots.Select(snapshot => (snapshot.Step, snapshot.Epoch, Path.GetFileName(snapshot.Path))),
            Is.EqualTo(new[] { (0L, 0, "step-000000.safetensors"), (1_234_567L, 2, "step-1234567.safetensors") }));
        var read = snapshots[1].ReadArrays();
        Assert.That(read.Select(array => (array.Name, array.ShapeText)), Is.EqualTo(new[] { ("z", "2x1"), ("a", "scalar") }));
        Assert.That(read.SelectMany(array => array.Values).Select(BitConverter.SingleToInt32Bits), Is.EqualTo(arrays.SelectMany(array => array.Values).Select(BitConverter.SingleToInt32Bits)));
    }

    [Test]
    public void Constructor_FolderWithARecord_LeavesItAlone()
    {
        using var folder = new TemporaryFolder();
        using (var writer = Start(folder))
            writer.Append(new StepReadings(0, 1, 0, [(_loss, 1)]));
        var bytes = File.ReadAllBytes(RecordFile.In(folder.Path));

        Assert.Throws<IOException>(() => Start(folder).Dispose());
        Assert.That(File.ReadAllBytes(RecordFile.In(folder.Path)), Is.EqualTo(bytes));
    }

    [Test]
    public void Dispose_Twice_ClosesTheRecordAsOnePlainFile()
    {
        using var folder = new TemporaryFolder();
        var writer = Start(folder);
        writer.Append(new StepReadings(0, 1, 0, [(_loss, 1)]));
        writer.Dispose();
        writer.Dispose();

        Assert.That(Directory.GetFiles(folder.Path).Select(Path.GetFileName), Is.EqualTo(new[] { "run.db" }));
        Assert.That(RecordFile.Query(folder.Path, "PRAGMA journal_mode"), Is.EqualTo("delete"));
    }

    [Test]
    public void Dispose_WhileAReaderHasTheRecordOpen_EndsWithoutIt()
    {
        using var folder = new TemporaryFolder();
        var writer = Start(folder);
        using var reader = RunRecord.Open(folder.Path);
        writer.Append(new StepReadings(0, 1, 0, [(_loss, 1)]));
        reader.ReadMetadata();

        Assert.That(Task.Run(writer.Dispose).Wait(Patience.Limit), "it waits for the reader");
        Assert.That(reader.Read("loss"), Is.EqualTo(new[] { new Reading(0, 1, 1) }));
    }

    [Test]
    public void Dispose_WhileAReaderHasTheRecordOpen_LeavesEverythingInTheOneFile()
    {
        using var folder = new TemporaryFolder();
        using var copy = new TemporaryFolder();
        var writer = Start(folder);
        using var reader = RunRecord.Open(folder.Path);
        writer.Append(new StepReadings(0, 1, 0, [(_loss, 1)]));
        writer.Dispose();

        File.Copy(RecordFile.In(folder.Path), RecordFile.In(copy.Path));
        using var record = RunRecord.Open(copy.Path);
        Assert.That(record.Read("loss"), Is.EqualTo(new[] { new Reading(0, 1, 1) }));
    }

    [Test]
    public void Constructor_MetadataWithoutAValue_LeavesNoRecord()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<InvalidOperationException>(() => new RunRecordWriter(folder.Path, new Dictionary<string, string> { ["network"] = null! }, _ => { }).Dispose());
        Assert.That(Directory.GetFiles(folder.Path), Is.Empty);
    }

    [Test]
    public void Append_TableThatIsGone_ReportsOnceAndDropsTheRest()
    {
        using var folder = new TemporaryFolder();
        using var failures = new FailureList();
        using (var writer = Start(folder, failures))
        {
            RecordFile.Execute(folder.Path, "DROP TABLE readings");
            writer.Append(new StepReadings(0, 1, 0, [(_loss, 1)]));
            failures.WaitForTheFirst();
            for (var step = 1; step < 3000; step++)
                writer.Append(new StepReadings(step, 1, 0, [(_loss, 1)]));
        }

        Assert.That(failures.Messages, Is.EqualTo(new[] { "SQLite Error 1: 'no such table: readings'." }));
        Assert.That(RecordFile.Query(folder.Path, "SELECT count(*) FROM steps"), Is.EqualTo("0"));
    }

    [Test]
    public void Append_FailureThatItsCallbackCannotBear_EndsTheRecordAndNotTheProcess()
    {
        using var folder = new TemporaryFolder();
        var calls = 0;
        using (var writer = new RunRecordWriter(folder.Path, new Dictionary<string, string> { ["network"] = "toy" }, Refuse))
        {
            RecordFile.Execute(folder.Path, "DROP TABLE readings");
            writer.Append(new StepReadings(0, 1, 0, [(_loss, 1)]));
            Patience.WaitUntil(() => Volatile.Read(ref calls) > 0, "no failure was reported");
            writer.Append(new StepReadings(1, 1, 0, [(_loss, 1)]));
        }

        Assert.That(calls, Is.EqualTo(1));

        void Refuse(Exception exception)
        {
            Interlocked.Increment(ref calls);
            throw new InvalidOperationException("The log is closed.", exception);
        }
    }

    // What SQLite does by itself when the disk is full: it rolls the transaction back.
    [Test]
    public void Append_DatabaseThatRollsBackByItself_ReportsWhy()
    {
        using var folder = new TemporaryFolder();
        using var failures = new FailureList();
        using (var writer = Start(folder, failures))
        {
            RecordFile.Execute(folder.Path, "CREATE TRIGGER full BEFORE INSERT ON steps BEGIN SELECT RAISE(ROLLBACK, 'the disk is full'); END");
            writer.Append(new StepReadings(0, 1, 0, [(_loss, 1)]));
        }

        Assert.That(failures.Messages, Is.EqualTo(new[] { "SQLite Error 19: 'the disk is full'." }));
    }

    [Test]
    public void AppendSnapshot_FolderThatIsGone_ReportsOnceAndKeepsWhatWasCommitted()
    {
        using var folder = new TemporaryFolder();
        using var failures = new FailureList();
        using (var writer = Start(folder, failures))
        {
            Directory.Delete(folder.File("snapshots"));
            writer.AppendSnapshot(0, 0, SnapshotKind.Weights, [new("a", [1], [1])]);
            writer.AppendSnapshot(1, 1, SnapshotKind.Weights, [new("a", [1], [1])]);
        }

        Assert.That(failures.Messages, Has.Count.EqualTo(1));
        using var record = RunRecord.Open(folder.Path);
        Assert.That(record.ReadSnapshots(), Is.Empty);
        Assert.That(record.ReadMetadata()["status"], Is.EqualTo("running"));
    }

    private static RunRecordWriter Start(TemporaryFolder folder, FailureList? failures = null) => new(
        folder.Path, new Dictionary<string, string> { ["network"] = "toy", ["status"] = "running" }, exception => (failures ?? throw new AssertionException("", exception)).Add(exception));

    /// <summary>What the writing thread reported.</summary>
    private sealed class FailureList : IDisposable
    {
        private readonly ManualResetEventSlim _first = new();

        public List<string> Messages { get; } = [];

        public void Add(Exception exception)
        {
            Messages.Add(exception.Message);
            _first.Set();
        }

        public void WaitForTheFirst() => Assert.That(_first.Wait(Patience.Limit), "no failure was reported");

        public void Dispose() => _first.Dispose();
    }
}
