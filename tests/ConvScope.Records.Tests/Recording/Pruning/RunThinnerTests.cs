using System.Text.Json;
using ConvScope.Records.Recording;
using ConvScope.Records.Recording.Pruning;

namespace ConvScope.Records.Tests.Recording.Pruning;

/// <summary>Only what was agreed on is deleted, and whatever ends it, no record names a snapshot that has gone.</summary>
public sealed class RunThinnerTests
{
    private RunsOnDisk _runs = null!;

    [SetUp]
    public void CreateRuns() => _runs = new RunsOnDisk();

    [TearDown]
    public void DeleteRuns() => _runs.Dispose();

    [Test]
    public void Apply_RecordThatCannotBeWritten_DeletesNothingOfThatRun()
    {
        _runs.Write("run");
        _runs.Write("other");
        RecordFile.Execute(_runs.At("run"), "CREATE TRIGGER stuck BEFORE DELETE ON snapshots WHEN OLD.step = 20 BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
        var before = (_runs.Files("run"), _runs.Named("run"));
        Assert.That(_runs.Prune(snapshots: 1, checkpoints: 0), Is.EqualTo(new[] { $"'{_runs.At("run")}' is left as it is: its record cannot be written. SQLite Error 19: 'the disk is full'." }));
        Assert.That((_runs.Files("run"), _runs.Named("run")), Is.EqualTo(before));
        Assert.That(_runs.Named("other"), Has.Length.EqualTo(4), "the others go on");
    }

    [Test]
    public void Apply_EndedBetweenRowsAndFiles_TheNextTimeDeletesTheFiles()
    {
        _runs.Write("run");
        RecordFile.Execute(_runs.At("run"), "DELETE FROM snapshots WHERE step = 20"); // as one that was killed then left it
        Assert.That(_runs.Plan(snapshots: 9).Single().Files.Select(file => file.Name), Is.EqualTo(new[] { "gradients-000020.safetensors", "step-000020.safetensors" }));
        _runs.Prune(snapshots: 9);
        Assert.That(_runs.Files("run/snapshots").Select(file => $"snapshots/{file}"), Is.EqualTo(_runs.Named("run")));
    }

    [Test]
    public void Apply_WhatHasChangedSinceItWasShown_Stays()
    {
        _runs.Write("run");
        _runs.Write("revived", process: RecordingProcess.Describe());
        var shown = _runs.Plan(snapshots: 2, checkpoints: 0);
        _runs.Write("child", parent: new RunParent("run of this test", _runs.At("run/checkpoints/epoch-002.pth"), 2, 20));
        RecordFile.Execute(_runs.At("revived"), "UPDATE metadata SET value = 'running' WHERE key = 'status'");

        var (_, failures) = RunThinner.Apply(_runs.Root, RunsOnDisk.Options(2, 0), shown);
        Assert.That(failures, Is.EqualTo(new[] { $"'{_runs.At("revived")}' is not what it was any more, and is left as it is." }));
        Assert.That(_runs.Files("run/checkpoints"), Is.EqualTo(new[] { "best.pth", "epoch-002.pth", "epoch-005.pth" }));
        Assert.That((_runs.Named("revived").Length, _runs.Named("child").Length), Is.EqualTo((11, 11)), "the child was not shown");
    }

    [Test]
    public void Apply_LostRunWithALogBesideItsRecord_IsThinned()
    {
        _runs.Write("run", status: "running", process: "1 2020-01-01T00:00:00.0000000Z");
        RecordFile.Execute(_runs.At("run"), "PRAGMA journal_mode = WAL");
        _runs.Prune(snapshots: 1);
        Assert.That(_runs.Named("run"), Has.Length.EqualTo(4));
        Assert.That(_runs.Files("run/snapshots").Select(file => $"snapshots/{file}"), Is.EqualTo(_runs.Named("run")));
    }

    [Test]
    public void Apply_Summary_ListsTheFilesThatAreLeftAndKeepsAllElse()
    {
        _runs.Write("run");
        var summary = _runs.At("run/summary.json");
        File.WriteAllText(summary, File.ReadAllText(summary).Replace("{\n", "{\n  \"mine\": 7,\n", StringComparison.Ordinal));
        _runs.Prune(snapshots: 1, checkpoints: 0);
        var read = JsonDocument.Parse(File.ReadAllText(summary)).RootElement;
        Assert.That(read.GetProperty("mine").GetInt32(), Is.EqualTo(7));
        Assert.That(read.GetProperty("files").EnumerateArray().Select(file => file.GetString()), Is.EqualTo(_runs.Files("run")));
    }
}
