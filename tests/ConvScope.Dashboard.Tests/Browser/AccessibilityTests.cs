using ConvScope.Reporting.Html;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace ConvScope.Dashboard.Tests.Browser;

/// <summary>The page checked by axe, light and dark, with everything drawn and every detail open.</summary>
[Category("Browser")]
public sealed class AccessibilityTests : PageTest
{
    private TemporaryFolder _folder = null!;

    [OneTimeSetUp]
    public void Record()
    {
        _folder = new TemporaryFolder();
        ToyRun.Record(_folder.File("run"));
        HtmlReport.Write(_folder.File("run"));
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public async Task Page_CheckedByAxe_HasNoViolations([Values(ColorScheme.Light, ColorScheme.Dark)] ColorScheme scheme, [Values] bool live)
    {
        await using var dashboard = live ? await DashboardHost.StartAsync(_folder.Path, new DashboardOptions { Port = 0 }) : null;
        await Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
        await Page.GotoAsync(dashboard?.Url.ToString() ?? new Uri(_folder.File("run/report.html")).AbsoluteUri);
        await Assertions.Expect(Page.Locator("h1")).ToHaveTextAsync("run");
        await Page.EvaluateAsync("() => window.dispatchEvent(new Event('beforeprint'))");
        await Assertions.Expect(Page.Locator(".pane:not([data-drawn])")).ToHaveCountAsync(0);
        await Page.EvaluateAsync("() => document.querySelectorAll('details').forEach(details => { details.open = true; })");

        var result = await Page.RunAxe();

        Assert.That(result.Violations.Select(violation => $"{violation.Id}: {violation.Help}: {string.Join("; ", violation.Nodes.Take(3).Select(node => node.Html))}"), Is.Empty);
        await Page.GotoAsync("about:blank");
    }
}
