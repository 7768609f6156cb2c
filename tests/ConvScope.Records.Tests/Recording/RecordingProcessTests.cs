using System.Diagnostics;
using System.Globalization;
using ConvScope.Records.Recording;

namespace ConvScope.Records.Tests.Recording;

/// <summary>Whether a run that is called running still is.</summary>
public sealed class RecordingProcessTests
{
    private const string Elsewhere = "pid:[1]";

    [TestCase(null, null, 0, true)] // this very process
    [TestCase(Elsewhere, 30, 600, true)] // a container of the same host name, which told of itself of late
    [TestCase(Elsewhere, 300, 600, false)]
    [TestCase(Elsewhere, 300, 30, true)] // its record was written to
    [TestCase(Elsewhere, null, 300, true)] // of a version that gives no sign of life
    [TestCase(Elsewhere, null, 900, false)]
    public void IsAlive_WhatIsKnown_Decides(string? space, int? beatBefore, int writtenBefore, bool expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("run.db"), "");
        File.SetLastWriteTimeUtc(folder.File("run.db"), DateTime.UtcNow.AddSeconds(-writtenBefore));
        var metadata = new Dictionary<string, string> { [MetadataNames.Host] = RecordingProcess.Host, [MetadataNames.Process] = RecordingProcess.Describe(), [MetadataNames.ProcessSpace] = space ?? RecordingProcess.Space };
        if (space is not null)
            metadata[MetadataNames.Process] = $"1 {DateTime.UnixEpoch:O}"; // a number that is somebody else's here
        if (beatBefore is { } seconds)
            metadata[MetadataNames.Heartbeat] = DateTime.UtcNow.AddSeconds(-seconds).ToString("O", CultureInfo.InvariantCulture);
        Assert.That(RecordingProcess.IsAlive(metadata, folder.File("run.db")), Is.EqualTo(expected));
    }

    [Test]
    public void IsAlive_ProcessOfThisSpaceThatIsGone_Not()
    {
        var metadata = new Dictionary<string, string>
        {
            [MetadataNames.Host] = RecordingProcess.Host, [MetadataNames.ProcessSpace] = RecordingProcess.Space, [MetadataNames.Process] = $"{Environment.ProcessId} {DateTime.UnixEpoch:O}",
            [MetadataNames.Heartbeat] = DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture),
        };
        Assert.That(RecordingProcess.IsAlive(metadata, "nowhere"), Is.False, "its number is another's by now");
    }

    [Test]
    public void IsAlive_ProcessThatEndedAndWhoseParentDoesNotAsk_Not()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("Such processes are those of Linux.");
        using var parent = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "sleep 0 & echo $!; exec sleep 60"]) { RedirectStandardOutput = true })!; // what was sh becomes sleep, which asks for nobody
        try
        {
            var child = int.Parse(parent.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
            Patience.WaitUntil(() => File.ReadAllText($"/proc/{child}/stat").Contains(") Z ", StringComparison.Ordinal), "the child ends");
            using var ended = Process.GetProcessById(child);
            var metadata = new Dictionary<string, string>
            {
                [MetadataNames.Host] = RecordingProcess.Host, [MetadataNames.ProcessSpace] = RecordingProcess.Space,
                [MetadataNames.Process] = string.Create(CultureInfo.InvariantCulture, $"{child} {ended.StartTime.ToUniversalTime():O}"),
            };
            Assert.That(RecordingProcess.IsAlive(metadata, "nowhere"), Is.False);
        }
        finally
        {
            parent.Kill();
        }
    }
}
