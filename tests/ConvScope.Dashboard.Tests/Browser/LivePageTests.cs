using System.Globalization;
using ConvScope.Records.Recording;
using ConvScope.Reporting.Comparison;
using Microsoft.Playwright;

namespace ConvScope.Dashboard.Tests.Browser;

/// <summary>The live page in a real browser.</summary>
[Category("Browser")]
public sealed class LivePageTests : PageTest
{
    private ServedFolder _served = null!;
    private string _run = null!;

    [OneTimeSetUp]
    public async Task Serve()
    {
        _served = new ServedFolder();
        _run = Path.Combine(_served.Root, "toys", "first");
        ToyRun.Record(_run);
        ToyRun.Record(Path.Combine(_served.Root, "toys", "second"), seed: 7);
        await _served.IdOf("first");
        await _served.IdOf("second");
    }

    [OneTimeTearDown]
    public async Task Stop() => await _served.DisposeAsync();

    [Test]
    public async Task Page_Opened_ShowsVerdictAndNumbersOfTheRecord()
    {
        await OpenAsync("first");
        var verdict = await PaneAsync("Verdict");
        using var record = RunRecord.Open(_run);
        await Assertions.Expect(verdict).ToContainTextAsync($"{record.Read("validation accuracy")[^1].Value * 100:F2} %".Replace(',', '.'));
        await Assertions.Expect(verdict).ToContainTextAsync("completed");
        Assert.That(await verdict.Locator(".findings > li").CountAsync(), Is.EqualTo(record.ReadFindings().Count));
    }

    [Test]
    public async Task EveryPane_ScrolledTo_DrawsSomething()
    {
        await OpenAsync("first");
        foreach (var pane in await PanesAsync())
        {
            await pane.ScrollIntoViewIfNeededAsync();
            await Assertions.Expect(pane).ToHaveAttributeAsync("data-drawn", "true");
            var title = await pane.GetAttributeAsync("aria-label");
            Assert.That(await pane.Locator(".problem").CountAsync(), Is.Zero, title);
            Assert.That(await pane.Locator("canvas, table, .facts, .mistakes, p:has-text(\"Not recorded in this run.\")").CountAsync(), Is.GreaterThan(0), title);
        }
    }

    [Test]
    public async Task Panes_OutOfSight_AreNotDrawn()
    {
        await OpenAsync("first");
        await PaneAsync("Verdict");
        await Page.EvaluateAsync("() => document.getElementById('verdict').scrollIntoView()");
        var environment = Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Environment", Exact = true }).And(Page.Locator(".pane"));
        Assert.That(await environment.GetAttributeAsync("data-drawn"), Is.Null);
    }

    [Test]
    public async Task Augmentation_OfTheFirstBatch_ShowsEachImageBeforeAndAfter()
    {
        await OpenAsync("first");
        var pane = await PaneAsync("What the network sees");
        using var record = RunRecord.Open(_run);
        var labels = record.ReadSnapshots(SnapshotKind.Augmentation).Single().ReadArrays().Single(array => array.Name == "label").Values;
        await Assertions.Expect(pane.Locator("figure")).ToHaveCountAsync(labels.Length);
        await Assertions.Expect(pane.GetByRole(AriaRole.Img, new LocatorGetByRoleOptions { Name = "after augmentation" })).ToHaveCountAsync(labels.Length);
        Assert.That(await pane.Locator("figcaption").AllInnerTextsAsync(), Is.EqualTo(labels.Select(label => ToyRun.ClassNames[(int)label])));
    }

    [Test]
    public async Task ConfusionMistakesAndAttributions_OfNamedClasses_ShowTheNames()
    {
        await OpenAsync("first");
        foreach (var title in new[] { "Worst mistakes", "By which pixels the network decides" })
        {
            var pane = await PaneAsync(title);
            var text = await pane.InnerTextAsync();
            Assert.That(text, Does.Match("is (lying bar|<b>standing bar|square)(, taken for (lying bar|<b>standing bar|square))? \\("), title);
            Assert.That(text, Does.Not.Match("is \\d|taken for \\d"), title);
        }

        var environment = await PaneAsync("Environment");
        await Assertions.Expect(environment).ToContainTextAsync("lying bar, <b>standing bar, square");
    }

    [Test]
    public async Task Slider_Moved_DrivesWeightsAndConfusion()
    {
        await OpenAsync("first");
        var card = await PaneAsync("conv.weight");
        await Assertions.Expect(card).ToContainTextAsync("step 36");
        await Page.GetByLabel("Step", new PageGetByLabelOptions { Exact = true }).First.EvaluateAsync("slider => { slider.value = 0; slider.dispatchEvent(new Event('input', { bubbles: true })); }");
        await Assertions.Expect(card).ToContainTextAsync("step 0");
        await Assertions.Expect(await PaneAsync("Confusion")).ToContainTextAsync("epoch 1");
        await Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Last", Exact = true }).ClickAsync();
        await Assertions.Expect(await PaneAsync("Confusion")).ToContainTextAsync("epoch 3");
    }

    [Test]
    public async Task TwoTensors_OfTwoSteps_ShowTheNumbersOfTheLibrary()
    {
        await OpenAsync("first");
        var pane = await PaneAsync("Two tensors");
        await Picker(pane, "Tensor").Nth(0).SelectOptionAsync("fc1.weight");
        await Picker(pane, "Tensor").Nth(1).SelectOptionAsync("fc1.weight");
        await Assertions.Expect(pane.Locator("table").Nth(1)).ToContainTextAsync("fc1.weightfc1.weight"); // both columns: the comparison after the first choice alone is gone
        using var record = RunRecord.Open(_run);
        var snapshots = record.ReadSnapshots();
        var expected = TensorComparison.Compare(snapshots[0].ReadArrays().Single(array => array.Name == "fc1.weight"), snapshots[^1].ReadArrays().Single(array => array.Name == "fc1.weight"));
        await Assertions.Expect(pane).ToContainTextAsync("… after matching");
        Assert.That(Number(await CellAsync(pane, "cosine")), Is.EqualTo(expected.Agreement!.Cosine!.Value).Within(5e-4));
        Assert.That(Number(await CellAsync(pane, "Pearson")), Is.EqualTo(expected.Agreement.Pearson!.Value).Within(5e-4));
        Assert.That(Number(await CellAsync(pane, "Spearman")), Is.EqualTo(expected.Spearman!.Value).Within(5e-4));
        Assert.That(Number(await CellAsync(pane, "… after matching")), Is.EqualTo(expected.Units!.MeanAfter).Within(5e-4));
    }

    [Test]
    public async Task TwoTensors_OfDifferentShapes_SayWhatIsNotDefined()
    {
        await OpenAsync("first");
        var pane = await PaneAsync("Two tensors");
        await Picker(pane, "Tensor").Nth(1).SelectOptionAsync("fc2.weight");
        await Assertions.Expect(pane).ToContainTextAsync("conv.weight is 6x1x3x3 and fc2.weight is 3x12: their elements cannot be paired.");
        Assert.That(await CellAsync(pane, "cosine"), Is.EqualTo("–"));
    }

    [Test]
    public async Task Scatter_Brushed_MarksTheElementsInTheMaps()
    {
        await OpenAsync("first");
        var pane = await PaneAsync("Two tensors");
        var brush = pane.Locator(".brush");
        await brush.ScrollIntoViewIfNeededAsync();
        var box = (await brush.BoundingBoxAsync())!;
        await Page.Mouse.MoveAsync(box.X + 2, box.Y + 2);
        await Page.Mouse.DownAsync();
        await Page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + box.Height - 2, new MouseMoveOptions { Steps = 5 });
        await Page.Mouse.UpAsync();
        await Assertions.Expect(pane).ToContainTextAsync("are framed in the maps");
        using var record = RunRecord.Open(_run);
        var first = record.ReadSnapshots()[0].ReadArrays()[0].Values;
        var marked = int.Parse((await pane.Locator("[data-marked]").GetAttributeAsync("data-marked"))!, CultureInfo.InvariantCulture);
        Assert.That(marked, Is.EqualTo(first.Count(value => value < 0)).Within(2), "the left half of the scatter: the negative elements of the first tensor");
    }

    [Test]
    public async Task Panes_Exported_AreFiles([Values("PNG", "SVG", "CSV")] string kind)
    {
        await OpenAsync("first");
        var pane = await PaneAsync("Loss");
        var download = await Page.RunAndWaitForDownloadAsync(() => pane.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = $"Save Loss as {kind}" }).ClickAsync());
        var bytes = await File.ReadAllBytesAsync(await download.PathAsync());
        Assert.That(download.SuggestedFilename, Is.EqualTo($"loss.{kind.ToLowerInvariant()}"));
        var text = System.Text.Encoding.UTF8.GetString(bytes);
        if (kind == "PNG")
            Assert.That(bytes[1..4], Is.EqualTo("PNG"u8.ToArray()));
        else if (kind == "SVG")
            Assert.That(System.Xml.Linq.XDocument.Parse(text).Root!.Name.LocalName, Is.EqualTo("svg"));
        else
            Assert.That(text.Split('\n'), Has.Length.EqualTo(1 + 36 + 3 + 3).And.ItemAt(0).EqualTo("curve,step,epoch,seconds,value,smoothed"));
    }

    [Test]
    public async Task FreezeToFile_Clicked_GivesTheReport()
    {
        await OpenAsync("first");
        var download = await Page.RunAndWaitForDownloadAsync(() => Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Freeze to file" }).ClickAsync());
        Assert.That(await File.ReadAllTextAsync(await download.PathAsync()), Does.StartWith("<!doctype html>"));
    }

    [Test]
    public async Task Runs_TwoChosen_AreOverlaid()
    {
        await OpenAsync("first");
        await Page.GetByLabel("Overlay second").CheckAsync();
        await Assertions.Expect(Page.Locator("h1")).ToHaveTextAsync("first and second");
        var loss = await PaneAsync("Loss");
        await Assertions.Expect(loss).ToContainTextAsync("second: batch");
        var pane = await PaneAsync("Two tensors");
        Assert.That(await Picker(pane, "Run").CountAsync(), Is.EqualTo(2));
    }

    [Test]
    public async Task Filter_RegularExpression_LeavesWhatMatches()
    {
        await OpenAsync("first");
        var filter = Page.GetByLabel("Filter runs by a regular expression");
        await filter.FillAsync("^toys/s");
        await Assertions.Expect(Page.Locator(".tree li")).ToHaveCountAsync(1);
        await filter.FillAsync("(");
        await Assertions.Expect(Page.GetByText("That is not a regular expression.")).ToBeVisibleAsync();
    }

    [Test]
    public async Task Views_Saved_BringTheChoicesBack()
    {
        await OpenAsync("first");
        await Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Epoch", Exact = true }).ClickAsync();
        await Page.GetByLabel("Name of this view").FillAsync("by epoch");
        await Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Save", Exact = true }).ClickAsync();
        await Page.ReloadAsync();
        await Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Step", Exact = true }).ClickAsync();
        await Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "by epoch", Exact = true }).ClickAsync();
        await Assertions.Expect(Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Epoch", Exact = true })).ToHaveAttributeAsync("aria-pressed", "true");
    }

    [Test]
    public async Task Run_ThatGrows_GrowsOnThePage()
    {
        using (var writer = ToyRun.Begin(Path.Combine(_served.Root, "growing")))
        {
            writer.Append(ToyRun.Loss(0, 2.3));
            await OpenAsync("growing");
            var verdict = await PaneAsync("Verdict");
            await Assertions.Expect(verdict).ToContainTextAsync("training");
            var loss = await PaneAsync("Loss");
            for (var step = 1; step <= 50; step++)
                writer.Append(ToyRun.Loss(step, 2.3 - step / 50.0));
            await Assertions.Expect(loss.Locator(".chart")).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("batch 1\\.3\\b"));
            writer.SetMetadata(new Dictionary<string, string> { [MetadataNames.Status] = "completed" });
        }

        await Assertions.Expect(await PaneAsync("Verdict")).ToContainTextAsync("completed");
    }

    [Test]
    public async Task Run_WhoseProcessDied_SaysEndedWithoutClosing()
    {
        using (var writer = ToyRun.Begin(Path.Combine(_served.Root, "killed"), "1999999999 2020-01-01T00:00:00.0000000Z"))
            writer.Append(ToyRun.Loss(0, 2.3));
        await OpenAsync("killed");
        await Assertions.Expect(await PaneAsync("Verdict")).ToContainTextAsync("ended without closing");
    }

    [Test]
    public async Task Server_KilledAndBack_IsFoundAgain()
    {
        Expected = _ => true; // a browser says on its console that a connection was refused
        await using var served = new ServedFolder();
        using var writer = ToyRun.Begin(Path.Combine(served.Root, "run"));
        writer.Append(ToyRun.Loss(0, 2.3));
        await served.IdOf("run");
        await Page.GotoAsync(served.Host.Url.ToString());
        await PaneAsync("Verdict");
        await served.Host.DisposeAsync();
        await Assertions.Expect(Page.GetByText("connection lost; trying again")).ToBeVisibleAsync();
        writer.Append(ToyRun.Loss(77, 1.1));
        await using var again = await DashboardHost.StartAsync(served.Root, new DashboardOptions { Port = served.Host.Url.Port });
        await Assertions.Expect(await PaneAsync("Verdict")).ToContainTextAsync("78");
        await Assertions.Expect(Page.GetByText("live · training")).ToBeVisibleAsync();
    }

    private static ILocator Picker(ILocator pane, string name) => pane.GetByRole(AriaRole.Combobox, new LocatorGetByRoleOptions { Name = name, Exact = true });

    private static double Number(string text) => double.Parse(text.Replace('−', '-'), CultureInfo.InvariantCulture);

    private async Task OpenAsync(string name)
    {
        await Page.GotoAsync($"{_served.Host.Url}#runs={Uri.EscapeDataString($"[\"{await _served.IdOf(name)}\"]")}");
        await Assertions.Expect(Page.Locator("h1")).ToHaveTextAsync(name);
    }
}
