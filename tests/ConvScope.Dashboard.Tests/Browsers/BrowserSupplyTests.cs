using ConvScope.Browsers;

namespace ConvScope.Dashboard.Tests.Browsers;

public sealed class BrowserSupplyTests
{
    private const string Shell =
        "/home/ada/.cache/ms-playwright/chromium_headless_shell-1248/chrome-headless-shell-linux64/chrome-headless-shell";

    private const string Chromium = "/usr/bin/chromium", Apt = "/usr/bin/apt-get";

    private readonly List<string> _reports = [];

    [SetUp]
    public void Forget() => _reports.Clear();

    [Test]
    public void Supply_BrowserThere_InstallsNothing()
    {
        var machine = new DrawnMachine(Platform.Linux, Chromium, Apt) { HasRoot = true };
        Assert.That(Supply(machine).Path, Is.EqualTo(Chromium));
        Assert.That(machine.Commands, Is.Empty);
    }

    [Test]
    public void Supply_RootOnDebian_InstallsBrowserAndFont()
    {
        var machine = Debian();
        machine.Brings["apt-get install"] = Chromium;
        Assert.That(Supply(machine).Path, Is.EqualTo(Chromium));
        string[] commands = ["apt-get update -qq", "apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core"];
        Assert.That(machine.Commands, Is.EqualTo(commands));
        Assert.That(_reports, Is.EqualTo(new[] { "Getting a browser for the tests of the page: Debian's package chromium." }));
    }

    [Test]
    public void Supply_NoRoot_TakesPlaywrights()
    {
        var machine = new DrawnMachine(Platform.Linux, Apt) { Brings = { ["npx --yes playwright@1 install"] = Shell } };
        Assert.That(Supply(machine), Is.EqualTo(new FoundBrowser(Shell, "Playwright's own")));
    }

    [Test]
    public void Supply_EachWayClosed_SaysWhyWayByWay()
    {
        var machine = new DrawnMachine(Platform.MacOS) { Failing = { ["npx"] = "not found" } };
        Assert.That(Refusal<IOException>(machine), Is.EqualTo(
            "no browser was found, and none could be got (Debian's package chromium: there is no apt-get; "
            + "Playwright's download: 'npx' is not on the PATH; "
            + "npm package @sparticuz/chromium@153.0.0: it holds a browser for Linux on x64 only)"));
    }

    [Test]
    public void Supply_InstallationFails_NamesCommandAndReason()
    {
        var machine = Debian("debian");
        machine.Failing["apt-get"] = "Reading lists\nE: Unable to locate package chromium\ndone";
        Assert.That(Refusal<IOException>(machine), Does.Contain("'apt-get update -qq' failed: E: Unable to locate package chromium"));
    }

    [Test]
    public void Supply_InstalledBrowserDoesNotStart_SaysSo()
    {
        var machine = Debian("debian");
        machine.Brings["apt-get install"] = Chromium;
        machine.Failing[Chromium] = "needs the snap";
        Assert.That(Refusal<IOException>(machine), Does.Contain("it left no browser that starts"));
    }

    [Test]
    public void Supply_FindOnly_InstallsNothing()
    {
        var machine = Debian("find");
        Assert.That(Refusal<IOException>(machine), Is.EqualTo("no browser was found, and CONVSCOPE_BROWSER is 'find'"));
        Assert.That(machine.Commands, Is.Empty);
    }

    [Test]
    public void Supply_OneWayAskedFor_TakesItAlone()
    {
        var machine = new DrawnMachine(Platform.Linux, Chromium, Apt) { HasRoot = true, Brings = { ["npx"] = Shell } };
        machine.Variables["CONVSCOPE_BROWSER"] = "playwright";
        Assert.That(Supply(machine).Path, Is.EqualTo(Shell));
        Assert.That(machine.Commands, Has.Count.EqualTo(1).And.Some.StartsWith("npx"));
    }

    [Test]
    public void Supply_UnknownWay_NamesThoseThatThereAre() => Assert.That(
        Refusal<ArgumentException>(Debian("firefox")),
        Is.EqualTo("CONVSCOPE_BROWSER is 'firefox'; it may be 'debian', 'playwright', 'npm' or 'find'."));

    /// <summary>A machine where root installs packages and which has no browser.</summary>
    private static DrawnMachine Debian(string? way = null)
    {
        var machine = new DrawnMachine(Platform.Linux, Apt) { HasRoot = true };
        if (way is not null)
            machine.Variables["CONVSCOPE_BROWSER"] = way;
        return machine;
    }

    private FoundBrowser Supply(Machine machine) => new BrowserSupply(machine, BrowserSupply.Sources, _reports.Add).Supply();

    private string Refusal<TException>(Machine machine)
        where TException : Exception => Assert.Throws<TException>(() => Supply(machine))!.Message;
}
