using ConvScope.Records.Tests.Recording;
using System.Diagnostics;
using System.Globalization;
using ConvScope.Records.Recording;

namespace ConvScope.Tests.Inspection;

/// <summary>What a record holds after its process was killed (SIGKILL) in the middle of a training.</summary>
[Category("Slow")]
public sealed class KilledProcessTests
{
    private const int StepsBefore = 200;
    private const int MostInOneTransaction = RunRecordWriter.QueueLength; // what was taken from the queue and not committed yet

    private TemporaryFolder _folder = null!;
    private long _lastCommitted; // seen by another process before the kill
    private long _handedOver; // the last step of which the process said so

    [OneTimeSetUp]
    public void KillATrainingProcess()
    {
        _folder = new TemporaryFolder();
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(Program).Assembly.Location, _folder.File("run")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            var line = "";
            while (line is not null && line != $"{StepsBefore}")
                line = process.StandardOutput.ReadLine();
            Assert.That(line, Is.Not.Null, () => error.Result);
            using var record = RunRecord.Open(_folder.File("run"));
            Patience.WaitUntil(() => record.Read("loss") is [.., var last] && (_lastCommitted = last.Step) >= StepsBefore / 2, "nothing is written while the process trains");
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            _handedOver = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(WholeNumber).Append(StepsBefore).Max();
            process.WaitForExit();
        }

        static long WholeNumber(string line) => long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : 0;
    }

    [OneTimeTearDown]
    public void RemoveTheFolder() => _folder.Dispose();

    [Test]
    public void Record_AfterAKill_HoldsWhatWasCommittedAndLosesAtMostWhatTheQueueHolds()
    {
        using var record = RunRecord.Open(_folder.File("run"));
        var steps = record.Read("loss").Select(reading => reading.Step).ToArray();
        Assert.That(steps, Is.EqualTo(Enumerable.Range(0, steps.Length)), "no step is missing");
        Assert.That(steps[^1], Is.GreaterThanOrEqualTo(_lastCommitted));
        Assert.That(steps[^1], Is.GreaterThanOrEqualTo(_handedOver - RunRecordWriter.QueueLength - MostInOneTransaction));
    }

    [Test]
    public void Record_AfterAKill_HoldsWholeSteps()
    {
        using var record = RunRecord.Open(_folder.File("run"));
        var steps = record.Read("loss").Select(reading => reading.Step).ToArray();
        foreach (var series in record.ReadSeries().Where(series => series.Target.Length > 0))
            Assert.That(record.Read(series.Quantity, series.Target).Select(reading => reading.Step), Is.EqualTo(steps), series.ToString());
    }

    [Test]
    public void Record_AfterAKill_HasReadableSnapshots()
    {
        using var record = RunRecord.Open(_folder.File("run"));
        var snapshots = record.ReadSnapshots();
        Assert.That(snapshots.Select(snapshot => snapshot.Step), Is.EqualTo(Enumerable.Range(0, snapshots.Count).Select(epoch => epoch * 32)));
        foreach (var snapshot in snapshots)
            Assert.That(snapshot.ReadArrays().Select(array => array.Name), Is.EqualTo(ToyImages.ParameterNames));
    }

    [Test]
    public void Record_AfterAKill_StaysRunningAndSound()
    {
        using (var record = RunRecord.Open(_folder.File("run")))
            Assert.That(record.ReadMetadata()["status"], Is.EqualTo("running"));
        Assert.That(RunSummary.FromRecord(_folder.File("run")).Status, Is.EqualTo("running"));
        Assert.That(RecordFile.Query(_folder.File("run"), "PRAGMA integrity_check"), Is.EqualTo("ok"));
    }
}
