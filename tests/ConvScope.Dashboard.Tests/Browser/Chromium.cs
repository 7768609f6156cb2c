using ConvScope.Browsers;
using Microsoft.Playwright;

namespace ConvScope.Dashboard.Tests.Browser;

/// <summary>The browser that all browser tests of this assembly share; where there is none they are skipped, with the reason.</summary>
[SetUpFixture]
public sealed class Chromium
{
    private static readonly string[] _quiet =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private static IPlaywright? _playwright;

    /// <summary>The running browser.</summary>
    internal static IBrowser? Instance { get; private set; }

    /// <summary>Why there is none, in the words of the build that looked for one.</summary>
    internal static string Reason { get; } =
        Environment.GetEnvironmentVariable(BrowserSupply.MissingVariable) is { Length: > 0 } reason ? reason : "no browser was found; ./build.sh --target=Test gets one";

    [OneTimeSetUp]
    public static async Task Launch()
    {
        if (BrowserFinder.Find(new ThisMachine()) is not { } browser)
            return;
        _playwright = await Playwright.CreateAsync();
        Instance = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = browser.Path, Args = _quiet });
    }

    [OneTimeTearDown]
    public static async Task Close()
    {
        if (Instance is not null)
            await Instance.DisposeAsync();
        _playwright?.Dispose();
    }
}
