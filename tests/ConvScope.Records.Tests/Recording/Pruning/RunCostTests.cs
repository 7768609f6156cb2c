using ConvScope.Records.Recording;
using ConvScope.Records.Recording.Pruning;

namespace ConvScope.Records.Tests.Recording.Pruning;

/// <summary>What runs cost on the disk, and which of them may be thinned.</summary>
public sealed class RunCostTests
{
    private RunsOnDisk _runs = null!;

    [SetUp]
    public void CreateRuns() => _runs = new RunsOnDisk();

    [TearDown]
    public void DeleteRuns() => _runs.Dispose();

    [Test]
    public void Below_FolderOfRuns_CountsWhatConvScopeWroteAndNothingElse()
    {
        _runs.Write("deep/one");
        foreach (var ours in new[] { "report.html", "model.zip", "figures/loss.png", "figures/weights/fc.svg" })
            Put($"deep/one/{ours}");
        var expected = _runs.Files("deep/one");
        string[] others =
            ["notes.txt", "snapshots/mine.safetensors", "snapshots/step-1.safetensors", "checkpoints/mine.pth", "checkpoints/epoch-1.pth", "figures/mine.jpg", "thesis/loss.png"];
        foreach (var other in others)
            Put($"deep/one/{other}");
        _runs.Write("two", epochs: 1);

        var costs = RunCost.Below(_runs.Root);
        Assert.That(costs.Select(cost => (Path.GetRelativePath(_runs.Root, cost.Folder).Replace('\\', '/'), cost.Status)), Is.EqualTo(new[] { ("deep/one", "completed"), ("two", "completed") }));
        Assert.That(costs[0].Files.Select(file => Path.GetRelativePath(costs[0].Folder, file.Path).Replace('\\', '/')), Is.EquivalentTo(expected));
        Assert.That(costs[0].Bytes, Is.EqualTo(expected.Sum(file => new FileInfo(_runs.At($"deep/one/{file}")).Length)));
        Assert.That((costs[0].CountOf(RunPart.Snapshots), costs[0].CountOf(RunPart.Checkpoints)), Is.EqualTo((11, 6)));
        Assert.That(Enum.GetValues<RunPart>().Sum(costs[0].BytesOf), Is.EqualTo(costs[0].Bytes));
    }

    [Test]
    public void Below_NoSuchFolder_SaysSo() =>
        Assert.That(() => RunCost.Below(_runs.At("nothing")), Throws.InstanceOf<DirectoryNotFoundException>().With.Message.EqualTo($"There is no folder '{_runs.At("nothing")}'."));

    [Test]
    public void Below_FolderOfSomebodyElse_IsNoRun()
    {
        Put("theirs/run.json", """{"job": 7}""");
        Put("theirs/checkpoints/epoch-001.pth");
        Put("others/checkpoints/epoch-001.pth");
        Assert.That(RunCost.Below(_runs.Root), Is.Empty);
    }

    [TestCase("stopped", null, null)]
    [TestCase("ended", null, null)]
    [TestCase("running", "lost", null)]
    [TestCase("", "", "its status is ''")]
    [TestCase("paused", "paused", "its status is 'paused'")]
    public void Of_RunOfAStatus_SaysWhetherItMayBeThinned(string written, string? status, string? reason)
    {
        var cost = RunCost.Of(_runs.Write("run", status: written, process: "1 2020-01-01T00:00:00.0000000Z"));
        Assert.That((cost.Status, cost.Untouchable), Is.EqualTo((status ?? written, reason)));
    }

    [Test]
    public void Of_RunThatGoesOn_IsNotTouched()
    {
        var cost = RunCost.Of(_runs.Write("run", status: "running", process: RecordingProcess.Describe()));
        Assert.That((cost.Status, cost.Untouchable), Is.EqualTo(("running", "it goes on")));
    }

    [Test]
    public void Of_RunWhoseReportIsBeingWritten_IsNotTouched()
    {
        var folder = _runs.Write("run", process: RecordingProcess.Describe());
        Assert.That(RunCost.Of(folder).Untouchable, Is.Null);
        File.Delete(Path.Combine(folder, "summary.json"));
        Assert.That(RunCost.Of(folder).Untouchable, Is.EqualTo("its report is being written"));
    }

    [Test]
    public void Of_CheckpointsWithoutARecord_AreNotTouched()
    {
        RunDirectory.Claim(_runs.At("c"), "a");
        _runs.WriteCheckpoint("c/epoch-001.pth", "a");
        var cost = RunCost.Of(_runs.At("c"));
        Assert.That((cost.Status, cost.CountOf(RunPart.Checkpoints), cost.Untouchable), Is.EqualTo(("no record", 1, "it has no record, so nobody can tell whether its training goes on")));
    }

    [TestCase("DROP TABLE snapshots", "damaged")]
    [TestCase("UPDATE snapshots SET file = '../../other/snapshots/step-000000.safetensors'", "damaged")]
    [TestCase("PRAGMA user_version = 99", "newer")]
    public void Of_RecordThatIsNotToBeTrusted_IsNotTouched(string sql, string status)
    {
        var folder = _runs.Write("run");
        RecordFile.Execute(folder, sql);
        var cost = RunCost.Of(folder);
        Assert.That(cost.Status, Is.EqualTo(status));
        Assert.That(cost.Untouchable, Does.Contain("run.db"));
    }

    [Test]
    public void Of_RecordOfAnotherRunThanTheClaim_IsNotTouched()
    {
        var folder = _runs.Write("run");
        RecordFile.Execute(folder, "UPDATE metadata SET value = 'another' WHERE key = 'run'");
        Assert.That(RunCost.Of(folder).Untouchable, Is.EqualTo("'run.json' and the record name different runs"));
    }

    private void Put(string path, string text = "text")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_runs.At(path))!);
        File.WriteAllText(_runs.At(path), text);
    }
}
