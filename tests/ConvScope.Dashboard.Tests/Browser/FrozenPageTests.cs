using ConvScope.Reporting.Html;
using Microsoft.Playwright;

namespace ConvScope.Dashboard.Tests.Browser;

/// <summary>The report in a real browser with the network off.</summary>
[Category("Browser")]
public sealed class FrozenPageTests : PageTest
{
    private TemporaryFolder _folder = null!;
    private string _report = null!;

    [OneTimeSetUp]
    public void WriteReport()
    {
        _folder = new TemporaryFolder();
        ToyRun.Record(_folder.File("run"));
        _report = HtmlReport.Write(_folder.File("run"));
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public async Task Report_NetworkOff_DrawsEveryPaneAndAsksForNothing()
    {
        var requests = new List<string>();
        Page.Request += (_, request) => requests.Add(request.Url);
        await Page.Context.SetOfflineAsync(true);
        await OpenAsync();
        foreach (var pane in await PanesAsync())
        {
            await pane.ScrollIntoViewIfNeededAsync();
            await Assertions.Expect(pane).ToHaveAttributeAsync("data-drawn", "true");
            Assert.That(await pane.Locator(".problem").CountAsync(), Is.Zero, await pane.GetAttributeAsync("aria-label"));
        }

        Assert.That(requests.Where(url => !url.StartsWith("file://", StringComparison.Ordinal) && !url.StartsWith("data:", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task Report_BesideTheLivePage_ShowsTheSameNumbers()
    {
        await using var dashboard = await DashboardHost.StartAsync(_folder.Path, new DashboardOptions { Port = 0 });
        await OpenAsync();
        var frozen = await NumbersAsync();
        await Page.GotoAsync(dashboard.Url.ToString());
        await Assertions.Expect(Page.Locator("h1")).ToHaveTextAsync("run");
        var live = await NumbersAsync();
        await Page.GotoAsync("about:blank"); // before the dashboard goes
        Assert.That(frozen.Except(live), Is.Empty);
        Assert.That(frozen, Is.EqualTo(live), "verdict, last values of every chart, gradients, every tensor, confusion, comparison");
        Assert.That(frozen, Has.Count.GreaterThan(30));
    }

    /// <summary>Headless browsers under LANG=C have such a language; a chart's library asks for its numbers.</summary>
    [Test]
    public async Task Report_InABrowserWhoseLanguageIsNone_IsDrawn()
    {
        await Page.AddInitScriptAsync("Object.defineProperty(navigator, 'language', { value: 'en-US@posix', configurable: true })");
        await OpenAsync();
        await PaneAsync("Loss");
    }

    [Test]
    public async Task Report_Printed_ShowsAllPanes()
    {
        await OpenAsync();
        await Page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        await Page.EvaluateAsync("() => window.dispatchEvent(new Event('beforeprint'))");
        await Assertions.Expect(Page.Locator(".pane:not([data-drawn])")).ToHaveCountAsync(0);
        Assert.That(await Page.Locator(".controls").IsVisibleAsync(), Is.False);
    }

    [Test]
    public async Task Report_WithTheKeyboard_CanBeWalkedThrough()
    {
        await OpenAsync();
        await Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(Page.GetByText("Skip to the figures")).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Page.Locator("main")).ToBeFocusedAsync();
        await Page.GetByLabel("Step", new PageGetByLabelOptions { Exact = true }).First.FocusAsync();
        await Page.Keyboard.PressAsync("Home");
        await Assertions.Expect(Page.Locator("output")).ToHaveTextAsync("0");
    }

    /// <summary>What is said in words everywhere on the page: facts, descriptions of figures, tables.</summary>
    private async Task<List<string>> NumbersAsync()
    {
        var texts = new List<string>();
        foreach (var pane in await PanesAsync())
        {
            await pane.ScrollIntoViewIfNeededAsync();
            await Assertions.Expect(pane).ToHaveAttributeAsync("data-drawn", "true");
            var title = await pane.GetAttributeAsync("aria-label");
            foreach (var text in await pane.EvaluateAsync<string[]>("pane => [...pane.querySelectorAll('[role=img]')].map(e => e.getAttribute('aria-label')).concat([...pane.querySelectorAll('dd, td')].map(e => e.textContent))"))
                texts.Add($"{title}: {text}");
        }

        return texts;
    }

    private async Task OpenAsync()
    {
        await Page.GotoAsync(new Uri(_report).AbsoluteUri);
        await Assertions.Expect(Page.Locator("h1")).ToHaveTextAsync("run");
    }
}
