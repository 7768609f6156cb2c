using ConvScope.Records.Recording;
using Microsoft.Playwright;

namespace ConvScope.Dashboard.Tests.Browser;

/// <summary>How runs stand is said as it is, and the address holds what one looks at.</summary>
[Category("Browser")]
public sealed class StatePageTests : PageTest
{
    private ServedFolder _served = null!;

    [OneTimeSetUp]
    public async Task Serve()
    {
        _served = new ServedFolder();
        ToyRun.Record(Path.Combine(_served.Root, "whole"));
        await _served.IdOf("whole");
    }

    [OneTimeTearDown]
    public async Task Stop() => await _served.DisposeAsync();

    [TestCase("failed", "out of memory", "failure", "The training failed: out of memory. Nothing looks wrong before that.")]
    [TestCase("cancelled", "Ctrl+C", "warning", "The training was cancelled: Ctrl+C. Nothing looks wrong before that.")]
    [TestCase("stopped", "no progress for 3 epochs", "information", "The training was stopped: no progress for 3 epochs. Nothing looks wrong before that.")]
    [TestCase("completed", null, "none", "Nothing looks wrong.")]
    public async Task Verdict_OfARunThatEnded_SaysHow(string status, string? reason, string look, string sentence)
    {
        using (var writer = ToyRun.Begin(Path.Combine(_served.Root, status)))
        {
            writer.Append(ToyRun.Loss(0, 2.3));
            writer.SetMetadata(new Dictionary<string, string> { [MetadataNames.Status] = status, [MetadataNames.Reason] = reason ?? "" });
        }

        await OpenAsync(status);
        var verdict = (await PaneAsync("Verdict")).Locator(".verdict");
        await Assertions.Expect(verdict).ToHaveTextAsync(sentence);
        await Assertions.Expect(verdict).ToHaveClassAsync($"verdict {look}");
    }

    [Test]
    public async Task Verdict_OfALostRun_IsNotGreen()
    {
        using (var writer = ToyRun.Begin(Path.Combine(_served.Root, "gone"), "1999999999 2020-01-01T00:00:00.0000000Z"))
            writer.Append(ToyRun.Loss(0, 2.3));
        await OpenAsync("gone");
        await Assertions.Expect((await PaneAsync("Verdict")).Locator(".verdict")).ToHaveClassAsync("verdict warning");
        await Assertions.Expect(Page.Locator("output")).ToHaveTextAsync("0 (last)");
    }

    [Test]
    public async Task Verdict_OfARunInItsFirstEpoch_ShowsProgressTimeLeftAndBatchLoss()
    {
        using var writer = ToyRun.Begin(Path.Combine(_served.Root, "young"));
        writer.SetMetadata(new Dictionary<string, string> { [MetadataNames.StepsPerEpoch] = "100", [MetadataNames.Options] = "{\"epochs\":4}" });
        for (var step = 0; step < 40; step++)
            writer.Append(ToyRun.Loss(step, 2.5 - step / 40.0));
        await OpenAsync("young");
        var verdict = await PaneAsync("Verdict");
        await Assertions.Expect(verdict.Locator(".progress")).ToContainTextAsync("step 40 of 400, epoch 1 of 4, about 3.5 s left");
        await Assertions.Expect(verdict).ToContainTextAsync("Nothing looks wrong so far.");
        await Assertions.Expect(verdict).ToContainTextAsync("1.525 (step 39)");
        await Assertions.Expect(Page.Locator("output")).ToHaveTextAsync("39 (latest)");
    }

    [Test]
    public async Task Run_DeletedWhileItIsShown_SaysSo()
    {
        var folder = Path.Combine(_served.Root, "deleted");
        using (var writer = ToyRun.Begin(folder))
            writer.Append(ToyRun.Loss(0, 2.3));
        await OpenAsync("deleted");
        await PaneAsync("Verdict");
        Directory.Delete(folder, recursive: true);
        await Assertions.Expect((await PaneAsync("Verdict")).Locator(".verdict")).ToContainTextAsync("folder was deleted");
    }

    [Test]
    public async Task Run_ThatIsDamaged_SaysWhatIsWrong()
    {
        Expected = _ => true; // a browser says on its console that an answer was an error
        Directory.CreateDirectory(Path.Combine(_served.Root, "torn"));
        await File.WriteAllTextAsync(Path.Combine(_served.Root, "torn", "run.db"), new string('x', 5000));
        var id = await _served.IdOf("torn");
        await Page.GotoAsync($"{_served.Host.Url}#runs={Uri.EscapeDataString($"[\"{id}\"]")}");
        await Assertions.Expect(Page.Locator(".notice")).ToContainTextAsync("torn cannot be shown:");
    }

    [Test]
    public async Task Link_ToAMissingRun_SaysSoAndOpensNothingElse()
    {
        await Page.GotoAsync($"{_served.Host.Url}#runs=%5B%220123456789abcdef%22%5D");
        await Assertions.Expect(Page.Locator(".notice")).ToContainTextAsync("There is no run 0123456789abcdef here");
        await Assertions.Expect(Page.Locator("h1")).ToHaveCountAsync(0);
        await Assertions.Expect(Page.Locator(".pane")).ToHaveCountAsync(0);
    }

    [Test]
    public async Task Address_OfAView_BringsItBack()
    {
        await OpenAsync("whole");
        var pane = await PaneAsync("Two tensors");
        await pane.GetByRole(AriaRole.Combobox, new LocatorGetByRoleOptions { Name = "Tensor", Exact = true }).Nth(1).SelectOptionAsync("fc1.weight");
        await Page.GetByLabel("Smoothing").EvaluateAsync("slider => { slider.value = 0.3; slider.dispatchEvent(new Event('input', { bubbles: true })); }");
        await Page.GetByLabel("Step", new PageGetByLabelOptions { Exact = true }).First.EvaluateAsync("slider => { slider.value = 0; slider.dispatchEvent(new Event('input', { bubbles: true })); }");
        await Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Two tensors" }).ClickAsync();
        await Assertions.Expect(Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("pane=%22compare%22"));
        var address = Page.Url;
        await Page.GotoAsync("about:blank");
        await Page.GotoAsync(address);
        await Assertions.Expect(Page.GetByText("Smoothing 0.30")).ToBeVisibleAsync();
        await Assertions.Expect(Page.Locator("output")).ToHaveTextAsync("0");
        await Assertions.Expect(Page.Locator("#compare")).ToBeInViewportAsync();
        await Assertions.Expect((await PaneAsync("Two tensors")).GetByRole(AriaRole.Combobox, new LocatorGetByRoleOptions { Name = "Tensor", Exact = true }).Nth(1)).ToHaveValueAsync("fc1.weight");
    }

    [Test]
    public async Task Confusion_CellClicked_ShowsItsImages()
    {
        await OpenAsync("whole");
        using var record = RunRecord.Open(Path.Combine(_served.Root, "whole"));
        var confusion = record.ReadConfusions("validation")[^1].Confusion;
        var arrays = record.ReadSnapshots(SnapshotKind.Attributions).Single().ReadArrays().ToDictionary(array => array.Name, array => array.Values);
        var (actual, predicted) = ((int)arrays["label"][0], (int)arrays["predicted"][0]);
        var pane = await PaneAsync("Confusion");
        await pane.GetByLabel("Images of class").SelectOptionAsync($"{actual}");
        await pane.GetByLabel("taken for").SelectOptionAsync($"{predicted}");
        await Assertions.Expect(pane).ToContainTextAsync($"{confusion[actual, predicted]} image");
        await Assertions.Expect(pane.Locator(".cell figure").First).ToBeVisibleAsync();
        await pane.Locator("canvas.clickable").ClickAsync(new LocatorClickOptions { Position = new Position { X = 200, Y = 200 } });
        await Assertions.Expect(pane).ToContainTextAsync(new System.Text.RegularExpressions.Regex($"of class {ToyRun.ClassNames[2]} taken for|of class {ToyRun.ClassNames[1]} taken for|of class {ToyRun.ClassNames[0]} taken for"));
    }

    [Test]
    public async Task Attribution_AtAnotherStep_SaysOfWhichItIs()
    {
        await OpenAsync("whole");
        var pane = await PaneAsync("By which pixels the network decides");
        await Assertions.Expect(pane.Locator(".moment")).ToHaveTextAsync("At step 36.");
        await Page.GetByLabel("Step", new PageGetByLabelOptions { Exact = true }).First.EvaluateAsync("slider => { slider.value = 3; slider.dispatchEvent(new Event('input', { bubbles: true })); }");
        await Assertions.Expect(pane.Locator(".moment")).ToContainTextAsync("These are of step 36, not of the chosen step 3");
    }

    [Test]
    public async Task Verdict_OfATestedRun_HasTheTestAccuracy()
    {
        var folder = Path.Combine(_served.Root, "whole");
        new RunSummary { Network = "toy", Device = "cpu", Status = "completed", TestAccuracy = 0.8125 }.Write(folder);
        await OpenAsync("whole");
        await Assertions.Expect((await PaneAsync("Verdict")).Locator("div", new LocatorLocatorOptions { HasText = "test accuracy" }).Last).ToContainTextAsync("81.25 %");
    }

    private async Task OpenAsync(string name)
    {
        await Page.GotoAsync($"{_served.Host.Url}#runs={Uri.EscapeDataString($"[\"{await _served.IdOf(name)}\"]")}");
        await Assertions.Expect(Page.Locator("h1")).ToHaveTextAsync(name);
    }
}
