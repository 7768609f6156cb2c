using System.Text.Json;
using ConvScope.Records.Recording;

namespace ConvScope.Dashboard.Tests;

/// <summary>A run that goes on from another is one line with it, and a record that leads elsewhere leads nowhere.</summary>
public sealed class LineageTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public async Task Series_OfARunThatGoesOn_BeginsWithItsParents()
    {
        Write("run", "a", [0, 1, 2, 3, 4, 5]); // 4 and 5 were abandoned
        Write("run-002", "b", [4, 5, 6], ("a", "../run/checkpoints/epoch-002.pth", 4));
        Write("run-003", "c", [6, 7], ("b", "../run-002/checkpoints/epoch-003.pth", 6));
        var (steps, seconds) = await Loss("run-003");
        Assert.That(steps, Is.EqualTo(new[] { 0, 1, 2, 3, 4, 5, 6, 7 }));
        Assert.That(seconds, Is.Ordered, "time goes on too");
    }

    [TestCase("another", "../run/checkpoints/epoch-002.pth")] // the folder was given to another run
    [TestCase("a", "../../elsewhere/run/checkpoints/epoch-002.pth")]
    [TestCase("a", "/etc/checkpoints/epoch-002.pth")]
    [TestCase("a", "checkpoints/epoch-002.pth")] // itself
    [TestCase("a", "../gone/checkpoints/epoch-002.pth")]
    public async Task Series_OfARunWhoseParentIsNotThere_IsItsOwn(string parent, string checkpoint)
    {
        Write("run", "a", [0, 1, 2, 3]);
        Write("run-002", "b", [4, 5], (parent, checkpoint, 4));
        Assert.That((await Loss("run-002")).Steps, Is.EqualTo(new[] { 4, 5 }));
    }

    private async Task<(int[] Steps, double[] Seconds)> Loss(string name)
    {
        await using var dashboard = await DashboardHost.StartAsync(_folder.Path, new DashboardOptions());
        using var client = new HttpClient { BaseAddress = dashboard.Url };
        var id = JsonDocument.Parse(await client.GetStringAsync("api/runs")).RootElement.EnumerateArray().First(run => run.GetProperty("name").GetString() == name).GetProperty("id").GetString();
        var series = JsonDocument.Parse(await client.GetStringAsync($"api/runs/{id}/series?of=0")).RootElement[0];
        var clock = JsonDocument.Parse(await client.GetStringAsync($"api/runs/{id}")).RootElement.GetProperty("clock");
        Assert.That(clock.GetProperty("step").EnumerateArray().Select(step => step.GetInt32()), Is.EqualTo(series.GetProperty("step").EnumerateArray().Select(step => step.GetInt32())));
        return ([.. series.GetProperty("step").EnumerateArray().Select(step => step.GetInt32())], [.. clock.GetProperty("seconds").EnumerateArray().Select(second => second.GetDouble())]);
    }

    private void Write(string folder, string run, int[] steps, (string Run, string Checkpoint, int Step)? parent = null)
    {
        var metadata = new Dictionary<string, string> { ["network"] = "toy", ["device"] = "cpu", ["status"] = "completed", [MetadataNames.Run] = run };
        if (parent is { } from)
            (metadata[MetadataNames.ParentRun], metadata[MetadataNames.ParentCheckpoint], metadata[MetadataNames.ParentStep]) = (from.Run, from.Checkpoint, $"{from.Step}");
        using var writer = new RunRecordWriter(_folder.File(folder), metadata, _ => { });
        foreach (var step in steps)
            writer.Append(new StepReadings(step, 1, 0.1 * (step - steps[0] + 1), [(new Series("loss", "", "nats"), step)]));
    }
}
