using System.Diagnostics;
using ConvScope.Records.Files;
using ConvScope.Records.Recording;

namespace ConvScope.Records.Tests.Recording;

public sealed class RunRecordTests
{
    private static readonly Series _loss = new("loss", "", "nats");

    [Test]
    public void Open_FolderWithoutARecord_NamesIt()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<FileNotFoundException>(() => RunRecord.Open(folder.Path));
        Assert.That(error!.Message, Is.EqualTo($"'{folder.Path}' holds no record: there is no run.db in it."));
        Assert.That(error.FileName, Is.EqualTo(RecordFile.In(folder.Path)));
    }

    [Test]
    public void Open_NoSuchFolder_SaysTheSame()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<FileNotFoundException>(() => RunRecord.Open(folder.File("nowhere")));
    }

    [Test]
    public void Open_FileThatIsNoDatabase_SaysSo()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(RecordFile.In(folder.Path), string.Concat(Enumerable.Repeat("no database ", 100)));
        Assert.That(Assert.Throws<DamagedFileException>(() => RunRecord.Open(folder.Path))!.Message,
            Is.EqualTo($"'{RecordFile.In(folder.Path)}' is not a readable record: SQLite Error 26: 'file is not a database'."));
    }

    [Test]
    public void Open_NewerSchemaVersion_IsToldApartFromDamage()
    {
        using var folder = new TemporaryFolder();
        using (Start(folder)) { }
        RecordFile.Execute(folder.Path, "PRAGMA user_version = 2");
        var error = Assert.Throws<NewerRecordException>(() => RunRecord.Open(folder.Path))!;
        Assert.That(error.Message, Is.EqualTo($"'{RecordFile.In(folder.Path)}' was written by a newer version of ConvScope: its schema is 2, and this version reads 1 to 1."));
        Assert.That(error.Version, Is.EqualTo(2));
    }

    [Test]
    public void Open_KilledRunThatWasCopiedWithoutItsLog_SaysWhatIsMissing()
    {
        using var folder = new TemporaryFolder();
        using var writer = Start(folder);
        writer.Append(new StepReadings(0, 1, 0, [(_loss, 1)]));
        writer.Flush();
        Directory.CreateDirectory(folder.File("copy"));
        File.Copy(RecordFile.In(folder.Path), folder.File("copy/run.db"));
        Assert.That(Assert.Throws<DamagedFileException>(() => RunRecord.Open(folder.File("copy")))!.Message, Does.Contain("run.db-wal").Or.Contain("is empty"));

        File.Copy($"{RecordFile.In(folder.Path)}-wal", folder.File("copy/run.db-wal"), overwrite: true);
        using var record = RunRecord.Open(folder.File("copy"));
        Assert.That(record.Read("loss"), Has.Count.EqualTo(1), "with it all is there");
    }

    [Test]
    public void Open_EmptyFile_SaysSo()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(RecordFile.In(folder.Path), "");
        Assert.That(Assert.Throws<DamagedFileException>(() => RunRecord.Open(folder.Path))!.Message, Does.Contain("it is empty"));
    }

    [Test]
    public void Open_DatabaseOfSomethingElse_SaysSo()
    {
        using var folder = new TemporaryFolder();
        RecordFile.Execute(folder.Path, "CREATE TABLE birds (name TEXT); PRAGMA user_version = 1");
        Assert.That(Assert.Throws<DamagedFileException>(() => RunRecord.Open(folder.Path))!.Message,
            Is.EqualTo($"'{RecordFile.In(folder.Path)}' is not a readable record: it has no table 'metadata'."));
    }

    [Test]
    public void Read_FileDamagedInTheMiddle_SaysSo()
    {
        using var folder = new TemporaryFolder();
        using (var writer = Start(folder))
        {
            for (var step = 0; step < 3000; step++)
                writer.Append(new StepReadings(step, 1, 0, [(_loss, step)]));
        }

        using (var file = File.OpenWrite(RecordFile.In(folder.Path)))
        {
            file.Position = 8 * 4096; // behind the pages that hold the schema
            file.Write(Enumerable.Repeat((byte)0xAB, (int)(file.Length - file.Position)).ToArray());
        }

        using var record = RunRecord.Open(folder.Path);
        Assert.That(Assert.Throws<DamagedFileException>(() => record.Read("loss"))!.Message,
            Is.EqualTo($"'{RecordFile.In(folder.Path)}' is damaged in its table 'readings': SQLite Error 11: 'database disk image is malformed'."));
    }

    [Test]
    public void Read_SeriesThatDoesNotExist_IsEmpty()
    {
        using var folder = new TemporaryFolder();
        using (var writer = Start(folder))
            writer.Append(new StepReadings(0, 1, 0, [(_loss, 1)]));
        using var record = RunRecord.Open(folder.Path);
        Assert.That(record.Read("loss", "conv.weight"), Is.Empty);
        Assert.That(record.Read("no such quantity"), Is.Empty);
        Assert.That(record.Read("loss' OR '1'='1"), Is.Empty);
    }

    [TestCase(-1, new[] { 0, 10, 20 })]
    [TestCase(0, new[] { 10, 20 })]
    [TestCase(15, new[] { 20 })]
    [TestCase(20, new int[0])]
    public void Read_AfterAStep_GivesTheLaterOnes(int afterStep, int[] steps)
    {
        using var folder = new TemporaryFolder();
        using (var writer = Start(folder))
        {
            foreach (var step in new[] { 20, 0, 10 })
                writer.Append(new StepReadings(step, 1, 0, [(_loss, 1)]));
        }

        using var record = RunRecord.Open(folder.Path);
        Assert.That(record.Read("loss", afterStep: afterStep).Select(reading => reading.Step), Is.EqualTo(steps));
    }

    [Test]
    public void Read_WhileTheWriterIsOpen_FollowsEveryStepOnce()
    {
        const int count = 300;
        using var folder = new TemporaryFolder();
        using var writer = Start(folder);
        var follower = Task.Run(() =>
        {
            var followed = new List<long>();
            using var record = RunRecord.Open(folder.Path);
            var clock = Stopwatch.StartNew();
            while (followed.Count < count && clock.Elapsed < Patience.Limit)
            {
                followed.AddRange(record.Read("loss", afterStep: followed.LastOrDefault(-1)).Select(reading => reading.Step));
                Thread.Sleep(5);
            }

            return followed;
        });
        for (var step = 0; step < count; step++)
        {
            writer.Append(new StepReadings(step, 1, 0, [(_loss, step)]));
            if (step % 3 == 0)
                Thread.Sleep(2);
        }

        Assert.That(follower.Result, Is.EqualTo(Enumerable.Range(0, count)), "read before the writer was closed");
    }

    [Test]
    public void Read_ManyReadersAtOnce_SeeTheSame()
    {
        using var folder = new TemporaryFolder();
        using var writer = Start(folder);
        var counts = Enumerable.Range(0, 4).AsParallel().WithDegreeOfParallelism(4).Select(_ =>
        {
            using var record = RunRecord.Open(folder.Path);
            return record.ReadMetadata().Count;
        });
        Assert.That(counts, Has.All.EqualTo(1));
    }

    [Test]
    public void Open_ClosedRecord_WritesNothing()
    {
        using var folder = new TemporaryFolder();
        using (Start(folder)) { }
        var bytes = File.ReadAllBytes(RecordFile.In(folder.Path));
        using (var record = RunRecord.Open(folder.Path))
        {
            record.ReadMetadata();
            Assert.That(Directory.GetFiles(folder.Path).Select(Path.GetFileName), Is.EqualTo(new[] { "run.db" }));
        }

        Assert.That(File.ReadAllBytes(RecordFile.In(folder.Path)), Is.EqualTo(bytes));
    }

    private static RunRecordWriter Start(TemporaryFolder folder) =>
        new(folder.Path, new Dictionary<string, string> { ["network"] = "toy" }, exception => throw new AssertionException("", exception));
}
