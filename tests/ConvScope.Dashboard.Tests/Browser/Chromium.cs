using Microsoft.Playwright;

namespace ConvScope.Dashboard.Tests.Browser;

/// <summary>The browser that all browser tests of this assembly share; where there is none they are skipped.</summary>
[SetUpFixture]
public sealed class Chromium
{
    private static readonly string[] _quiet =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private static IPlaywright? _playwright;

    /// <summary>The running browser.</summary>
    internal static IBrowser? Instance { get; private set; }

    private static string Executable => Environment.GetEnvironmentVariable("CONVSCOPE_CHROMIUM") is { Length: > 0 } chosen ? chosen : "/usr/bin/chromium";

    [OneTimeSetUp]
    public static async Task Launch()
    {
        if (!File.Exists(Executable))
            return;
        _playwright = await Playwright.CreateAsync();
        Instance = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Executable, Args = _quiet });
    }

    [OneTimeTearDown]
    public static async Task Close()
    {
        if (Instance is not null)
            await Instance.DisposeAsync();
        _playwright?.Dispose();
    }
}
