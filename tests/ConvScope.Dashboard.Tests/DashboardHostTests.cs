using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using ConvScope.Records.Recording;
using ConvScope.Reporting.Comparison;

namespace ConvScope.Dashboard.Tests;

/// <summary>What the dashboard answers, against the records themselves.</summary>
public sealed class DashboardHostTests
{
    private ServedFolder _served = null!;
    private string _run = null!;

    [OneTimeSetUp]
    public async Task Serve()
    {
        _served = new ServedFolder();
        _run = Path.Combine(_served.Root, "toys", "one");
        ToyRun.Record(_run);
        await _served.IdOf("one");
    }

    [OneTimeTearDown]
    public async Task Stop() => await _served.DisposeAsync();

    [Test]
    public async Task Runs_ARunInASubfolder_HasItsEnvironmentAndAccuracy()
    {
        var entry = (await _served.Json("api/runs")).EnumerateArray().Single(run => run.GetProperty("name").GetString() == "one");
        using var record = RunRecord.Open(_run);
        Assert.That(entry.GetProperty("environment").GetString(), Is.EqualTo("toys"));
        Assert.That(entry.GetProperty("status").GetString(), Is.EqualTo("completed"));
        Assert.That(entry.GetProperty("lastStep").GetInt64(), Is.EqualTo(record.ReadLastStep()));
        Assert.That(entry.GetProperty("accuracy").GetDouble(), Is.EqualTo(record.Read(QuantityNames.ValidationAccuracy)[^1].Value));
    }

    [Test]
    public async Task Run_OfARecord_NamesSeriesSnapshotsAndLayers()
    {
        var view = await _served.Json($"api/runs/{await _served.IdOf("one")}");
        using var record = RunRecord.Open(_run);
        Assert.That(view.GetProperty("series").EnumerateArray().Select(series => (series.GetProperty("quantity").GetString(), series.GetProperty("target").GetString())),
            Is.EqualTo(record.ReadSeries().Select(series => (series.Quantity, series.Target))));
        Assert.That(view.GetProperty("snapshots").EnumerateArray().Select(snapshot => (snapshot.GetProperty("kind").GetString(), snapshot.GetProperty("step").GetInt64())),
            Is.EqualTo(Enum.GetValues<SnapshotKind>().SelectMany(record.ReadSnapshots).Select(snapshot => (snapshot.Kind.ToString(), snapshot.Step))));
        Assert.That(view.GetProperty("layerTable").EnumerateArray().Select(row => row.GetProperty("name").GetString()), Is.EqualTo(ToyTraining.Network.Table.Select(row => row.Layer.Name)));
    }

    [Test]
    public async Task Series_BetweenTwoSteps_GivesThoseAndOneMoreAtEachSide()
    {
        var id = await _served.IdOf("one");
        using var record = RunRecord.Open(_run);
        var place = record.ReadSeries().ToList().FindIndex(series => series.Quantity == QuantityNames.Loss);
        var all = (await _served.Json($"api/runs/{id}/series?of={place}"))[0];
        var late = (await _served.Json($"api/runs/{id}/series?of={place}&from=30&to=32"))[0];
        Assert.That(Values(all), Is.EqualTo(record.Read(QuantityNames.Loss).Select(reading => reading.Value)));
        Assert.That(late.GetProperty("step").EnumerateArray().Select(step => step.GetInt64()), Is.EqualTo(new[] { 29, 30, 31, 32, 33 }));
    }

    [Test]
    public async Task Tensor_OfASnapshot_HasItsBits()
    {
        var id = await _served.IdOf("one");
        using var record = RunRecord.Open(_run);
        var snapshot = record.ReadSnapshots()[^1];
        var array = snapshot.ReadArrays()[0];
        var tensor = await _served.Json($"api/runs/{id}/tensor?kind=Weights&step={snapshot.Step}&name={array.Name}");
        Assert.That(MemoryMarshal.Cast<byte, float>(tensor.GetProperty("values").GetBytesFromBase64()).ToArray(), Is.EqualTo(array.Values));
    }

    [Test]
    public async Task Compare_TwoSteps_GivesTheNumbersOfTheLibrary()
    {
        var id = await _served.IdOf("one");
        using var record = RunRecord.Open(_run);
        var snapshots = record.ReadSnapshots();
        var answer = await _served.Json($"api/compare?{Pair(id, "Weights", snapshots[0].Step, snapshots[^1].Step, "fc1.weight")}");
        var expected = TensorComparison.Compare(snapshots[0].ReadArrays().Single(array => array.Name == "fc1.weight"), snapshots[^1].ReadArrays().Single(array => array.Name == "fc1.weight"));
        Assert.That(answer.GetProperty("agreement").GetProperty("cosine").GetDouble(), Is.EqualTo(expected.Agreement!.Cosine));
        Assert.That(answer.GetProperty("spearman").GetDouble(), Is.EqualTo(expected.Spearman));
        Assert.That(answer.GetProperty("units").GetProperty("meanAfter").GetDouble(), Is.EqualTo(expected.Units!.MeanAfter));
    }

    [Test]
    public async Task Selection_OfTheWholeScatter_MarksEveryElement()
    {
        var id = await _served.IdOf("one");
        var answer = await _served.Json($"api/compare/selection?{Pair(id, "Weights", 0, 12, "fc2.weight")}&x0=-9&x1=9&y0=-9&y1=9");
        Assert.That(MemoryMarshal.Cast<byte, float>(answer.GetProperty("shares").GetBytesFromBase64()).ToArray(), Is.EqualTo(Enumerable.Repeat(1f, 3 * 12)));
    }

    [Test]
    public async Task Report_OfARun_IsTheFrozenPage()
    {
        var before = File.GetLastWriteTimeUtc(Path.Combine(_run, "report.html"));
        using var answer = await _served.Client.GetAsync($"api/runs/{await _served.IdOf("one")}/report.html");
        Assert.That(answer.Content.Headers.ContentDisposition?.FileName, Is.EqualTo("one.html"));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.StartWith("<!doctype html>").And.Contain("id=\"convscope-data\""));
        Assert.That(File.GetLastWriteTimeUtc(Path.Combine(_run, "report.html")), Is.EqualTo(before), "the dashboard writes nothing into a run");
    }

    [Test]
    public async Task Events_ARunThatGrows_TellOfItsNewStep()
    {
        using var writer = ToyRun.Begin(Path.Combine(_served.Root, "growing"));
        writer.Append(ToyRun.Loss(0, 2.3));
        var id = await _served.IdOf("growing");
        using var stream = await _served.Client.GetStreamAsync("api/events");
        using var reader = new StreamReader(stream);
        await WaitFor(reader, id, step: 0, writer, from: 1);
        writer.Append(ToyRun.Loss(1000, 1.2));
        await WaitFor(reader, id, step: 1000, writer, from: -1);
    }

    [Test]
    public async Task Run_WhoseProcessIsGone_IsCalledLost()
    {
        using (var writer = ToyRun.Begin(Path.Combine(_served.Root, "killed"), "1999999999 2020-01-01T00:00:00.0000000Z"))
            writer.Append(ToyRun.Loss(0, 2.3));
        var view = await _served.Json($"api/runs/{await _served.IdOf("killed")}");
        Assert.That(view.GetProperty("status").GetString(), Is.EqualTo("lost"));
    }

    [Test]
    public void Start_PortThatIsTaken_SaysSo() =>
        Assert.That(() => DashboardHost.Start(_served.Root, new DashboardOptions { Port = _served.Host.Url.Port }), Throws.InstanceOf<IOException>().With.Message.Contains("address already in use"));

    [Test]
    public async Task Start_BeforeThereIsAFolder_ServesAnEmptyList()
    {
        using var folder = new TemporaryFolder();
        await using var host = await DashboardHost.StartAsync(folder.File("not there"), new DashboardOptions { Port = 0 });
        using var client = new HttpClient();
        Assert.That(await client.GetStringAsync(new Uri(host.Url, "api/runs")), Is.EqualTo("[]"));
    }

    [TestCase(-1)]
    [TestCase(65536)]
    public void Start_PortOutOfRange_SaysTheRange(int port) =>
        Assert.That(() => DashboardHost.Start("x", new DashboardOptions { Port = port }), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.StartsWith("Port must be 0 to 65,535."));

    [Test]
    public async Task Start_OnAnotherAddress_AsksForTheToken()
    {
        await using var served = new ServedFolder(new DashboardOptions { Address = IPAddress.Any, HostNames = ["127.0.0.1"] });
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = new Uri($"http://127.0.0.1:{served.Host.Url.Port}") };
        Assert.That((await client.GetAsync("/")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await client.GetAsync("/?token=wrong")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        var opened = await client.GetAsync(served.Host.Url.PathAndQuery);
        Assert.That((opened.StatusCode, opened.Headers.Location?.ToString()), Is.EqualTo((HttpStatusCode.Redirect, "/")), "the token leaves the address");
        Assert.That((await client.GetAsync("/api/runs")).StatusCode, Is.EqualTo(HttpStatusCode.OK), "the cookie stays");
    }

    private static string Pair(string id, string kind, long first, long second, string name) =>
        $"run1={id}&kind1={kind}&step1={first}&name1={name}&run2={id}&kind2={kind}&step2={second}&name2={name}";

    private static IEnumerable<double> Values(JsonElement series) => series.GetProperty("value").EnumerateArray().Select(value => value.GetDouble());

    /// <summary>Reads messages until one tells of a step at least as late; appends steps in between so that there is something to tell.</summary>
    private static async Task WaitFor(StreamReader reader, string id, long step, RunRecordWriter writer, long from)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        while (await reader.ReadLineAsync(limit.Token) is { } line)
        {
            if (from > 0)
                writer.Append(ToyRun.Loss(from++, 2));
            if (line.StartsWith("data: ", StringComparison.Ordinal) && JsonDocument.Parse(line[6..]).RootElement is var message && message.TryGetProperty("grown", out var grown) && grown.GetString() == id
                && message.GetProperty("progress").GetProperty("lastStep").GetInt64() >= step)
                return;
        }

        Assert.Fail("The stream ended.");
    }
}
