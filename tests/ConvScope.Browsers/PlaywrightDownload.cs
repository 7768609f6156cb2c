namespace ConvScope.Browsers;

/// <summary>What Playwright has for download: its headless shell, which needs fewer of the system's libraries than a browser.</summary>
public sealed class PlaywrightDownload : BrowserSource
{
    /// <inheritdoc />
    public override string Name => "playwright";

    /// <inheritdoc />
    public override string Description => "Playwright's download";

    /// <inheritdoc />
    public override string? Obstacle(Machine machine) => Missing(machine, "npx");

    /// <inheritdoc />
    public override void Get(Machine machine) => Run(machine, "npx", "--yes", "playwright@1", "install", "--only-shell", "chromium");

    /// <inheritdoc />
    public override IEnumerable<FoundBrowser> Browsers(Machine machine) => BrowserFinder.OfPlaywright(machine);
}
