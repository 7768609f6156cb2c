using Microsoft.Playwright;

namespace ConvScope.Dashboard.Tests.Browser;

/// <summary>A test that uses the page as a person does. A message on the console that is an error fails it.</summary>
[Category("Browser")]
public abstract class PageTest
{
    private readonly List<string> _errors = [];
    private IBrowserContext? _context;

    /// <summary>The page.</summary>
    protected IPage Page { get; private set; } = null!;

    /// <summary>Messages that this test expects on the console.</summary>
    protected Func<string, bool> Expected { get; set; } = _ => false;

    [SetUp]
    public async Task OpenContext()
    {
        if (Chromium.Instance is null)
            Assert.Ignore(Chromium.Reason);
        _errors.Clear();
        Expected = _ => false;
        _context = await Chromium.Instance.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1400, Height = 900 }, AcceptDownloads = true });
        Page = await _context.NewPageAsync();
        Page.SetDefaultTimeout(20_000);
        Page.Console += (_, message) =>
        {
            if (message.Type == "error")
                _errors.Add(message.Text);
        };
        Page.PageError += (_, error) => _errors.Add(error);
    }

    [TearDown]
    public async Task CloseContext()
    {
        if (_context is null)
            return;
        await _context.DisposeAsync();
        Assert.That(_errors.Where(error => !Expected(error)), Is.Empty, "errors on the console");
    }

    /// <summary>A pane by its title, drawn.</summary>
    protected async Task<ILocator> PaneAsync(string title)
    {
        var pane = Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = title, Exact = true }).And(Page.Locator(".pane"));
        await pane.ScrollIntoViewIfNeededAsync();
        await Assertions.Expect(pane).ToHaveAttributeAsync("data-drawn", "true");
        return pane;
    }

    /// <summary>All panes; those that are folded away are opened.</summary>
    protected async Task<IReadOnlyList<ILocator>> PanesAsync()
    {
        await Page.EvaluateAsync("() => document.querySelectorAll('.fold').forEach(fold => { fold.open = true; })");
        return await Page.Locator(".pane").AllAsync();
    }

    /// <summary>Cells of a table's row by its heading.</summary>
    protected static async Task<string> CellAsync(ILocator pane, string heading) =>
        await pane.Locator("tr").Filter(new LocatorFilterOptions { Has = pane.Page.GetByRole(AriaRole.Rowheader, new PageGetByRoleOptions { Name = heading, Exact = true }) }).First.Locator("td").First.InnerTextAsync();
}
