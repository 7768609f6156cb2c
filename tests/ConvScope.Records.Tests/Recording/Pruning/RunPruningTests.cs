using ConvScope.Records.Recording;
using ConvScope.Records.Recording.Pruning;

namespace ConvScope.Records.Tests.Recording.Pruning;

/// <summary>What goes of runs that are thinned, and what never does.</summary>
public sealed class RunPruningTests
{
    private RunsOnDisk _runs = null!;

    [SetUp]
    public void CreateRuns() => _runs = new RunsOnDisk();

    [TearDown]
    public void DeleteRuns() => _runs.Dispose();

    [Test]
    public void Plan_WithoutARequest_HasNothing()
    {
        _runs.Write("run");
        Assert.That(_runs.Plan(), Is.Empty);
    }

    [TestCase(0, null, "at least the last one is kept")]
    [TestCase(null, -1, "is at least 0")]
    public void Plan_NumberOutOfItsRange_SaysSo(int? snapshots, int? checkpoints, string message) =>
        Assert.That(() => _runs.Plan(snapshots, checkpoints), Throws.ArgumentException.With.Message.Contains(message));

    [Test]
    public void Apply_Snapshots_KeepsTheFirstAndTheLastOfEachKindInRecordAndFolder()
    {
        _runs.Write("run");
        var before = _runs.Files("run");
        string[] kept = ["snapshots/gradients-000010.safetensors", "snapshots/gradients-000040.safetensors", "snapshots/gradients-000050.safetensors",
            "snapshots/step-000000.safetensors", "snapshots/step-000040.safetensors", "snapshots/step-000050.safetensors"];
        Assert.That(_runs.Prune(snapshots: 2), Is.Empty);
        Assert.That(_runs.Named("run"), Is.EqualTo(kept));
        Assert.That(_runs.Files("run"), Is.EqualTo(before.Where(file => !file.StartsWith("snapshots/", StringComparison.Ordinal)).Concat(kept).Order(StringComparer.Ordinal)));
        Assert.That(_runs.Plan(snapshots: 2), Is.Empty, "again");
    }

    [Test]
    public void Apply_FilesOfOthersAmongTheSnapshots_Stay()
    {
        _runs.Write("run");
        string[] others =
            ["snapshots/mine.safetensors", "snapshots/step-000010.safetensors.bak", "snapshots/notes.txt", "snapshots/step-1.safetensors", "checkpoints/mine.pth", "checkpoints/epoch-1.pth"];
        foreach (var file in others)
            File.WriteAllText(_runs.At($"run/{file}"), "mine");
        RecordFile.Execute(_runs.At("run"), "UPDATE snapshots SET file = 'snapshots/mine.safetensors' WHERE step = 20 AND kind = 'Weights'");
        _runs.Prune(snapshots: 1, checkpoints: 0);
        Assert.That(_runs.Files("run"), Is.SupersetOf(others));
        Assert.That(_runs.Named("run"), Has.Member("snapshots/mine.safetensors"), "a file stays and so does what names it");
    }

    [Test]
    public void Apply_WhatAKilledProcessLeft_Goes()
    {
        _runs.Write("run");
        string[] left = ["snapshots/step-000007.safetensors", "snapshots/step-000050.safetensors.0123456789ab.tmp", "checkpoints/epoch-006.pth.0123456789ab.tmp"];
        foreach (var file in left)
            File.WriteAllText(_runs.At($"run/{file}"), "half");
        _runs.Prune(snapshots: 9, checkpoints: 9);
        Assert.That(_runs.Files("run").Intersect(left), Is.Empty);
        Assert.That((_runs.Named("run").Length, _runs.Files("run/checkpoints").Length), Is.EqualTo((11, 6)));
    }

    [Test]
    public void Apply_Links_AreNotFollowed()
    {
        _runs.Write("run");
        _runs.Write("other");
        Directory.Move(_runs.At("other/snapshots"), _runs.At("elsewhere"));
        Directory.CreateSymbolicLink(_runs.At("other/snapshots"), _runs.At("elsewhere"));
        File.WriteAllText(_runs.At("precious"), "precious");
        File.Delete(_runs.At("run/snapshots/step-000010.safetensors"));
        File.CreateSymbolicLink(_runs.At("run/snapshots/step-000010.safetensors"), _runs.At("precious"));
        Directory.CreateSymbolicLink(_runs.At("again"), _runs.At("run"));
        Assert.That(RunCost.Below(_runs.Root).Select(cost => Path.GetFileName(cost.Folder)), Is.EqualTo(new[] { "other", "run" }));

        _runs.Prune(snapshots: 1);
        Assert.That(File.ReadAllText(_runs.At("run/snapshots/step-000010.safetensors")), Is.EqualTo("precious"));
        Assert.That(_runs.Files("elsewhere"), Has.Length.EqualTo(11));
        Assert.That(_runs.Named("other"), Has.Length.EqualTo(11));
        Assert.That(_runs.Named("run"), Has.Member("snapshots/step-000010.safetensors"));
    }

    [Test]
    public void Apply_RunsThatAreNotOver_StayAsTheyAre()
    {
        _runs.Write("running", status: "running", process: RecordingProcess.Describe());
        _runs.Write("damaged");
        RecordFile.Execute(_runs.At("damaged"), "DROP TABLE findings");
        var before = _runs.Files();
        Assert.That(_runs.Prune(snapshots: 1, checkpoints: 0), Is.Empty);
        Assert.That(_runs.Files(), Is.EqualTo(before));
    }

    [TestCase(0, new[] { "best.pth", "epoch-005.pth" })]
    [TestCase(2, new[] { "best.pth", "epoch-003.pth", "epoch-004.pth", "epoch-005.pth" })]
    public void Apply_Checkpoints_KeepsTheBestTheLastAndSoManyBeside(int beside, string[] expected)
    {
        _runs.Write("run");
        File.WriteAllText(_runs.At("run/checkpoints/interrupted.pth"), "of the last step");
        _runs.Prune(checkpoints: beside);
        Assert.That(_runs.Files("run/checkpoints"), Is.EqualTo(expected.Append("interrupted.pth")));
        Assert.That(_runs.Named("run"), Has.Length.EqualTo(11));
    }

    [Test]
    public void Plan_CheckpointThatAnotherRunGoesOnFrom_IsKeptAndNamed()
    {
        var parent = _runs.Write("run");
        _runs.Write("moved", parent: new RunParent("run of this test", "/where/it/lay/before/epoch-001.pth", 1, 10));
        _runs.Write("child", parent: new RunParent("", Path.Combine(parent, "checkpoints", "epoch-002.pth"), 2, 20));
        new ContinuationNote("0123456789abcdef", "../../far/checkpoints", 3, DateTimeOffset.UnixEpoch).Write(_runs.At("run/checkpoints"));
        var plan = _runs.Plan(checkpoints: 0).Single(thinning => thinning.Cost.Folder == parent);
        Assert.That(plan.Files.Select(file => file.Name), Is.EqualTo(new[] { "epoch-004.pth" }));
        Assert.That(plan.Kept.Select(kept => (Path.GetFileName(kept.Path), kept.Reason)), Is.EquivalentTo(new[]
        {
            ("epoch-001.pth", $"'{_runs.At("moved")}' goes on from it"),
            ("epoch-002.pth", $"'{_runs.At("child")}' goes on from it"),
            ("epoch-003.pth", $"'{_runs.At("far/checkpoints")}' goes on from it"),
        }));
    }

    [Test]
    public void Plan_NoteThatCannotBeRead_KeepsAllCheckpointsBesideIt()
    {
        _runs.Write("run");
        File.WriteAllText(_runs.At("run/checkpoints/continued-01234567.json"), "{");
        Assert.That(_runs.Plan(checkpoints: 0).Single().IsEmpty, Is.True);
    }

    [Test]
    public void Plan_CheckpointsThatTheRunDidNotWrite_AreKept()
    {
        _runs.Write("run");
        _runs.WriteCheckpoint("run/checkpoints/epoch-001.pth", "another");
        _runs.WriteCheckpoint("run/checkpoints/epoch-002.pth", null);
        File.WriteAllText(_runs.At("run/checkpoints/epoch-003.pth"), "no checkpoint at all");
        var plan = _runs.Plan(checkpoints: 0).Single();
        Assert.That(plan.Files.Select(file => file.Name), Is.EqualTo(new[] { "epoch-004.pth" }));
        Assert.That(plan.Kept.Select(kept => kept.Reason), Is.EqualTo(new[] { plan.Kept[0].Reason, "it does not say which run wrote it", "another run wrote it" }));
        Assert.That(plan.Kept[0].Reason, Does.StartWith("it cannot be read: "));
    }

    [Test]
    public void Plan_CheckpointsThatAnotherRunClaimed_AreNoneOfTheRun()
    {
        _runs.Write("run");
        File.WriteAllText(_runs.At("run/checkpoints/run.json"), """{"run":"another"}""");
        Assert.That(_runs.Plan(checkpoints: 0), Is.Empty);
    }
}
