using System.Globalization;
using ConvScope.Records.Recording;
using ConvScope.Reporting.Html;
using Microsoft.Playwright;

namespace ConvScope.Dashboard.Tests.Browser;

/// <summary>Curves on the live page and in the report are what the record says, smoothed as it is defined.</summary>
[Category("Browser")]
public sealed class CurvePageTests : PageTest
{
    private static readonly string[] _kinds = ["weight", "bias"];

    private ServedFolder _served = null!;

    [OneTimeSetUp]
    public async Task Serve()
    {
        _served = new ServedFolder();
        Write("uneven", Enumerable.Range(0, 60).Select(index => (index < 20 ? 10L * index : 200 + 50 * (index - 20), Math.Cos(7 * index))));
        Write("long", Enumerable.Range(0, 6000).Select(step => ((long)step, Math.Sin(step))));
        Write("diverged", Enumerable.Range(0, 100).Select(step => ((long)step, step >= 70 ? double.NaN : 1.0 / (step + 1))));
        WriteLarge("large");
        foreach (var name in new[] { "uneven", "long", "diverged", "large" })
            await _served.IdOf(name);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _served.DisposeAsync();

    [Test]
    public async Task Loss_OfUnevenReadings_IsSmoothedAsDefined([Values] bool live)
    {
        await OpenAsync("uneven", live);
        var rows = await CsvAsync("Loss");
        using var record = RunRecord.Open(Path.Combine(_served.Root, "uneven"));
        var readings = record.Read(QuantityNames.Loss);
        Assert.That(rows.Select(row => row[3]), Is.EqualTo(readings.Select(reading => reading.Value)));
        Assert.That(rows.Select(row => row[4]), Is.EqualTo(SmoothingTwin.Of(readings, 0.9)).Within(1e-6));
        Assert.That(rows.Select(row => row[1]).Distinct().Count(), Is.EqualTo(60), "epochs are fractions: no two readings at one place");
    }

    [Test]
    public async Task Smoothing_Moved_IsThatOfTheNewFactor([Values] bool live)
    {
        await OpenAsync("uneven", live);
        await PaneAsync("Loss");
        await Page.GetByLabel("Smoothing").EvaluateAsync($"slider => {{ slider.value = {(live ? "0.5" : "1")}; slider.dispatchEvent(new Event('input', {{ bubbles: true }})); }}");
        await Assertions.Expect(Page.GetByText("Smoothing 0.50")).ToBeVisibleAsync();
        await Page.WaitForTimeoutAsync(200);
        using var record = RunRecord.Open(Path.Combine(_served.Root, "uneven"));
        Assert.That((await CsvAsync("Loss")).Select(row => row[4]), Is.EqualTo(SmoothingTwin.Of(record.Read(QuantityNames.Loss), 0.5)).Within(1e-6));
    }

    [Test]
    public async Task Loss_OfManyReadings_IsThinnedAndFinerWhereItIsZoomed()
    {
        await OpenAsync("long", live: true);
        Assert.That(await CsvAsync("Loss"), Has.Count.EqualTo(800), "a mean a pixel");
        var plot = (await PaneAsync("Loss")).Locator(".u-over");
        var box = (await plot.BoundingBoxAsync())!;
        await Page.Mouse.MoveAsync(box.X + box.Width * 0.5f, box.Y + 50);
        await Page.Mouse.DownAsync();
        await Page.Mouse.MoveAsync(box.X + box.Width * 0.52f, box.Y + 60, new MouseMoveOptions { Steps = 4 });
        await Page.Mouse.UpAsync();
        await Assertions.Expect(Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Show all" })).ToBeVisibleAsync();
        await Page.WaitForTimeoutAsync(200);
        var rows = await CsvAsync("Loss");
        Assert.That(rows.Select(row => row[0]), Is.EqualTo(Enumerable.Range((int)rows[0][0], rows.Count)), "every step");
        Assert.That(rows, Has.Count.InRange(100, 140));
        await plot.DblClickAsync();
        await Assertions.Expect(Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Show all" })).ToBeHiddenAsync();
    }

    [Test]
    public async Task Loss_ThatBecameNaN_SaysSoInWords([Values] bool live)
    {
        await OpenAsync("diverged", live);
        await Assertions.Expect(await PaneAsync("Loss")).ToContainTextAsync("30 of 100 readings are not finite, the first at step 70");
    }

    [Test]
    public async Task Curves_OfSixHundredParameters_AreFilteredAndGrouped()
    {
        await OpenAsync("large", live: true);
        await Assertions.Expect(await PaneAsync("Gradient flow")).ToContainTextAsync("600 parameters in 10 blocks");
        var norms = await PaneAsync("Gradient norms");
        await Assertions.Expect(norms).ToContainTextAsync("the first 16 of 300");
        await Page.GetByLabel("One line a block").CheckAsync();
        await Assertions.Expect(norms).ToContainTextAsync("one line a block");
        await Assertions.Expect(norms.Locator(".ends span")).ToHaveCountAsync(10);
        await Page.GetByLabel("One line a block").UncheckAsync();
        await Page.GetByLabel("Filter parameters and layers by name").FillAsync("block3.unit7");
        await Assertions.Expect(norms.Locator(".chart")).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("Last values: block3\\.unit7\\.conv\\.weight [^,]*$"));
        await Assertions.Expect(Page.Locator(".pane .problem")).ToHaveCountAsync(0);
    }

    /// <summary>Rows of a pane's table: step, epoch, seconds, value, smoothed; NaN where a cell is empty.</summary>
    private async Task<List<double[]>> CsvAsync(string title)
    {
        var pane = await PaneAsync(title);
        var download = await Page.RunAndWaitForDownloadAsync(() => pane.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = $"Save {title} as CSV" }).ClickAsync());
        return [.. (await File.ReadAllLinesAsync(await download.PathAsync())).Skip(1).Select(line => line.Split(',').Skip(1).Select(Number).ToArray())];
    }

    private static double Number(string text) => text.Length == 0 ? double.NaN : double.Parse(text, CultureInfo.InvariantCulture);

    private async Task OpenAsync(string name, bool live)
    {
        await Page.GotoAsync(live
            ? $"{_served.Host.Url}#runs={Uri.EscapeDataString($"[\"{await _served.IdOf(name)}\"]")}"
            : new Uri(HtmlReport.Write(Path.Combine(_served.Root, name))).AbsoluteUri);
        await Assertions.Expect(Page.Locator("h1")).ToHaveTextAsync(name);
    }

    private void Write(string name, IEnumerable<(long Step, double Loss)> losses)
    {
        using var writer = Begin(name);
        foreach (var (step, loss) in losses)
            writer.Append(ToyRun.Loss(step, loss, stepsPerEpoch: 1000));
    }

    private void WriteLarge(string name)
    {
        using var writer = Begin(name);
        Series[] series = [.. Enumerable.Range(0, 10).SelectMany(block => Enumerable.Range(0, 30).SelectMany(unit => _kinds.Select(kind => new Series(QuantityNames.GradientNorm, $"block{block}.unit{unit}.conv.{kind}", "1"))))];
        for (var step = 0; step < 4; step++)
            writer.Append(new StepReadings(step, 1, step, [.. series.Select((one, index) => (one, 1.0 / (index + step + 1)))]));
    }

    private RunRecordWriter Begin(string name) => new(
        Path.Combine(_served.Root, name),
        new Dictionary<string, string> { [MetadataNames.Network] = "by hand", [MetadataNames.Device] = "cpu", [MetadataNames.Status] = "completed", [MetadataNames.StepsPerEpoch] = "1000" },
        exception => Assert.Fail(exception.Message));
}
