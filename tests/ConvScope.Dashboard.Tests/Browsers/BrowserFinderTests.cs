using ConvScope.Browsers;

namespace ConvScope.Dashboard.Tests.Browsers;

public sealed class BrowserFinderTests
{
    private const string Chrome = "Google Chrome.app/Contents/MacOS/Google Chrome";
    private const string ForTesting = "Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing";

    [TestCase("/usr/bin/chromium")]
    [TestCase("/usr/bin/google-chrome")]
    [TestCase("/usr/bin/microsoft-edge-stable")]
    [TestCase("/opt/google/chrome/chrome")]
    public void Find_OnLinux_KnowsTheUsualPlaces(string path) =>
        Assert.That(Found(new DrawnMachine(Platform.Linux, path)), Is.EqualTo((path, "installed")));

    [TestCase($"/Applications/{Chrome}")]
    [TestCase($"/home/ada/Applications/{Chrome}")]
    [TestCase("/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge")]
    public void Find_OnMacOS_KnowsTheUsualPlaces(string path) =>
        Assert.That(Found(new DrawnMachine(Platform.MacOS, path)), Is.EqualTo((path, "installed")));

    [TestCase("ProgramFiles", @"C:\Program Files", "Google/Chrome/Application/chrome.exe")]
    [TestCase("ProgramFiles(x86)", @"C:\Program Files (x86)", "Microsoft/Edge/Application/msedge.exe")]
    [TestCase("LOCALAPPDATA", @"C:\Users\ada\AppData\Local", "Chromium/Application/chrome.exe")]
    public void Find_OnWindows_KnowsTheUsualPlaces(string variable, string folder, string program)
    {
        var machine = new DrawnMachine(Platform.Windows, $"{folder}/{program}") { Variables = { [variable] = folder } };
        machine.Failing[$"{folder}/{program}"] = "would open a window";
        Assert.That(Found(machine), Is.EqualTo(($"{folder}/{program}", "installed")), "found without starting it");
    }

    [Test]
    public void Find_NothingThere_IsNull([Values] Platform platform) =>
        Assert.That(BrowserFinder.Find(new DrawnMachine(platform, "/bin/sh")), Is.Null);

    [Test]
    public void Find_NamedBrowser_ComesBeforeAllOthers()
    {
        var machine = new DrawnMachine(Platform.Linux, "/usr/bin/chromium", "/opt/mine");
        machine.Variables["CONVSCOPE_CHROMIUM"] = "/opt/mine";
        Assert.That(Found(machine), Is.EqualTo(("/opt/mine", "CONVSCOPE_CHROMIUM")));
    }

    [Test]
    public void Find_NamedBrowserMissing_SaysSoInsteadOfTakingAnother()
    {
        var machine = new DrawnMachine(Platform.Linux, "/usr/bin/chromium");
        machine.Variables["CONVSCOPE_CHROMIUM"] = "/opt/mine";
        var refusal = Assert.Throws<FileNotFoundException>(() => BrowserFinder.Find(machine));
        Assert.That(refusal.Message, Is.EqualTo("CONVSCOPE_CHROMIUM names '/opt/mine', and there is no such file."));
    }

    [Test]
    public void Find_OneThatDoesNotStart_IsPassedOver()
    {
        var machine = new DrawnMachine(Platform.Linux, "/usr/bin/chromium", "/usr/bin/google-chrome");
        machine.Failing["/usr/bin/chromium"] = "error while loading shared libraries";
        Assert.That(Found(machine).Path, Is.EqualTo("/usr/bin/google-chrome"));
    }

    [Test]
    public void Find_UbuntusSnap_IsPassedOverForWhatSeesTemporaryFiles()
    {
        var machine = new DrawnMachine(Platform.Linux, "/usr/bin/chromium-browser", "/snap/bin/chromium", "/opt/google/chrome/chrome");
        Assert.That(Found(machine).Path, Is.EqualTo("/opt/google/chrome/chrome"));
    }

    [TestCase(Platform.Linux, "/home/ada/.cache/ms-playwright", "chrome-linux64/chrome")]
    [TestCase(Platform.MacOS, "/home/ada/Library/Caches/ms-playwright", $"chrome-mac-arm64/{ForTesting}")]
    [TestCase(Platform.Windows, "/home/ada/AppData/Local/ms-playwright", "chrome-win64/chrome.exe")]
    public void Find_OfPlaywright_TakesTheNewestRevision(Platform platform, string folder, string program)
    {
        string[] revisions = ["chromium-998", "chromium-1248", "chromium-1100"];
        var machine = new DrawnMachine(platform, [.. revisions.Select(name => $"{folder}/{name}/{program}"), $"{folder}/firefox-9/firefox"]);
        Assert.That(Found(machine), Is.EqualTo(($"{folder}/chromium-1248/{program}", "Playwright's own")));
    }

    [Test]
    public void Find_OfPlaywright_TakesAHeadlessShellWhereThereIsNoWholeBrowser()
    {
        const string Shell = "/browsers/chromium_headless_shell-1248/chrome-headless-shell-linux64/chrome-headless-shell";
        var machine = new DrawnMachine(Platform.Linux, Shell) { Variables = { ["PLAYWRIGHT_BROWSERS_PATH"] = "/browsers" } };
        Assert.That(Found(machine).Path, Is.EqualTo(Shell));
    }

    [Test]
    public void Find_OfPlaywright_TakesAWholeBrowserBeforeANewerShell()
    {
        const string Browser = "/browsers/chromium-998/chrome-linux/chrome";
        const string Shell = "/browsers/chromium_headless_shell-1248/chrome-linux/headless_shell";
        var machine = new DrawnMachine(Platform.Linux, Shell, Browser) { Variables = { ["PLAYWRIGHT_BROWSERS_PATH"] = "/browsers" } };
        Assert.That(Found(machine).Path, Is.EqualTo(Browser));
    }

    [Test]
    public void Find_WhatAnEarlierBuildGot_IsTaken()
    {
        const string Program = "/cache/chromium/153.0.0/chromium.sh";
        var machine = new DrawnMachine(Platform.Linux, Program) { Variables = { ["CONVSCOPE_CACHE"] = "/cache" } };
        Assert.That(Found(machine), Is.EqualTo((Program, "npm package @sparticuz/chromium@153.0.0")));
    }

    private static (string? Path, string? Origin) Found(Machine machine)
    {
        var browser = BrowserFinder.Find(machine);
        return (browser?.Path, browser?.Origin);
    }
}
