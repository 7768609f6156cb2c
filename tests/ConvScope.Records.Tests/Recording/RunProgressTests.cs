using ConvScope.Records.Recording;

namespace ConvScope.Records.Tests.Recording;

/// <summary>What a follower asks first: how far a run has come, and whether it still lives.</summary>
public sealed class RunProgressTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void ReadProgress_AfterEachAddition_HasChanged()
    {
        var seen = new List<RunProgress>();
        Write(writer => { });
        using (var writer = new RunRecordWriter(_folder.File("two"), Running(RecordingProcess.Describe()), exception => Assert.Fail(exception.Message)))
        {
            writer.Append(new StepReadings(0, 1, 0, [(new Series("loss", "", "nats"), 1)]));
            writer.AppendSnapshot(0, 0, SnapshotKind.Weights, [new("w", [1], [1])]);
        }

        foreach (var run in new[] { "one", "two" })
        {
            using var record = RunRecord.Open(_folder.File(run));
            seen.Add(record.ReadProgress());
        }

        Assert.That(seen[0], Is.EqualTo(new RunProgress("running", -1, 0, 0, 0, 0)));
        Assert.That(seen[1], Is.EqualTo(new RunProgress("running", 0, 1, 1, 0, 0)));
    }

    [Test]
    public void ReadStatus_ProcessThatLives_IsRunning() => Assert.That(Status(RecordingProcess.Describe()), Is.EqualTo("running"));

    [Test]
    public void ReadStatus_ProcessThatIsGone_IsLost() => Assert.That(Status("1999999999 2020-01-01T00:00:00.0000000Z"), Is.EqualTo("lost"));

    [Test]
    public void ReadStatus_NumberThatWasGivenToAnotherProcess_IsLost() => Assert.That(Status($"{Environment.ProcessId} 2020-01-01T00:00:00.0000000Z"), Is.EqualTo("lost"));

    [Test]
    public void ReadStatus_AnotherMachine_IsRunningWhileItWroteOfLate()
    {
        Write(_ => { }, "1999999999 2020-01-01T00:00:00.0000000Z", "elsewhere, 4 processors");
        using var record = RunRecord.Open(_folder.File("one"));
        Assert.That(record.ReadStatus(), Is.EqualTo("running"));
        File.SetLastWriteTimeUtc(_folder.File("one/run.db"), TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1));
        Assert.That(record.ReadStatus(), Is.EqualTo("lost"));
    }

    [Test]
    public void ReadSteps_AfterAStep_AreOnlyTheLaterOnes()
    {
        Write(writer =>
        {
            for (var step = 0; step < 5; step++)
                writer.Append(new StepReadings(step, 1, step * 0.5, [(new Series("loss", "", "nats"), 1)]));
        });
        using var record = RunRecord.Open(_folder.File("one"));
        Assert.That(record.ReadSteps(2), Is.EqualTo(new[] { new RecordedStep(3, 1, 1.5), new RecordedStep(4, 1, 2) }));
        Assert.That(record.ReadLastStep(), Is.EqualTo(4));
    }

    private string Status(string process)
    {
        Write(_ => { }, process);
        using var record = RunRecord.Open(_folder.File("one"));
        return record.ReadStatus();
    }

    private void Write(Action<RunRecordWriter> write, string? process = null, string? host = null)
    {
        using var writer = new RunRecordWriter(_folder.File("one"), Running(process ?? RecordingProcess.Describe(), host), exception => Assert.Fail(exception.Message));
        write(writer);
    }

    private static Dictionary<string, string> Running(string process, string? host = null) => new()
    {
        [MetadataNames.Status] = "running",
        [MetadataNames.Host] = host ?? RecordingProcess.Host,
        [MetadataNames.Process] = process,
    };
}
