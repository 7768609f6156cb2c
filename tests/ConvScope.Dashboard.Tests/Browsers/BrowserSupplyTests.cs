using ConvScope.Browsers;

namespace ConvScope.Dashboard.Tests.Browsers;

public sealed class BrowserSupplyTests
{
    private const string Shell = "/home/ada/.cache/ms-playwright/chromium_headless_shell-1248/chrome-headless-shell-linux64/chrome-headless-shell";

    private readonly List<string> _reports = [];

    [SetUp]
    public void Forget() => _reports.Clear();

    [Test]
    public void Supply_BrowserThere_InstallsNothing()
    {
        var machine = new DrawnMachine(Platform.Linux, "/usr/bin/chromium", "/usr/bin/apt-get") { HasRoot = true };
        Assert.That(Supply(machine).Path, Is.EqualTo("/usr/bin/chromium"));
        Assert.That(machine.Commands, Is.Empty);
    }

    [Test]
    public void Supply_RootOnDebian_InstallsBrowserAndFont()
    {
        var machine = new DrawnMachine(Platform.Linux, "/usr/bin/apt-get") { HasRoot = true, Brings = { ["apt-get install"] = "/usr/bin/chromium" } };
        Assert.That(Supply(machine).Path, Is.EqualTo("/usr/bin/chromium"));
        Assert.That(machine.Commands, Is.EqualTo(new[] { "apt-get update -qq", "apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core" }));
        Assert.That(_reports, Is.EqualTo(new[] { "Getting a browser for the tests of the page: Debian's package chromium." }));
    }

    [Test]
    public void Supply_NoRoot_TakesPlaywrights()
    {
        var machine = new DrawnMachine(Platform.Linux, "/usr/bin/apt-get") { Brings = { ["npx --yes playwright@1 install"] = Shell } };
        Assert.That(Supply(machine), Is.EqualTo(new FoundBrowser(Shell, "Playwright's own")));
    }

    [Test]
    public void Supply_EachWayClosed_SaysWhyWayByWay()
    {
        var machine = new DrawnMachine(Platform.MacOS) { Failing = { ["npx"] = "not found" } };
        Assert.That(() => Supply(machine), Throws.TypeOf<IOException>().With.Message.EqualTo("no browser was found, and none could be got (Debian's package chromium: there is no apt-get; "
            + "Playwright's download: 'npx' is not on the PATH; npm package @sparticuz/chromium@153.0.0: it holds a browser for Linux on x64 only)"));
    }

    [Test]
    public void Supply_InstallationFails_NamesCommandAndReason()
    {
        var machine = new DrawnMachine(Platform.Linux, "/usr/bin/apt-get")
        {
            HasRoot = true, Variables = { ["CONVSCOPE_BROWSER"] = "debian" }, Failing = { ["apt-get"] = "Reading lists\nE: Unable to locate package chromium\ndone" },
        };
        Assert.That(() => Supply(machine), Throws.TypeOf<IOException>().With.Message.Contains("'apt-get update -qq' failed: E: Unable to locate package chromium"));
    }

    [Test]
    public void Supply_InstalledBrowserDoesNotStart_SaysSo()
    {
        var machine = new DrawnMachine(Platform.Linux, "/usr/bin/apt-get")
        {
            HasRoot = true, Variables = { ["CONVSCOPE_BROWSER"] = "debian" }, Brings = { ["apt-get install"] = "/usr/bin/chromium" }, Failing = { ["/usr/bin/chromium"] = "needs the snap" },
        };
        Assert.That(() => Supply(machine), Throws.TypeOf<IOException>().With.Message.Contains("it left no browser that starts"));
    }

    [Test]
    public void Supply_FindOnly_InstallsNothing()
    {
        var machine = new DrawnMachine(Platform.Linux, "/usr/bin/apt-get") { HasRoot = true, Variables = { ["CONVSCOPE_BROWSER"] = "find" } };
        Assert.That(() => Supply(machine), Throws.TypeOf<IOException>().With.Message.EqualTo("no browser was found, and CONVSCOPE_BROWSER is 'find'"));
        Assert.That(machine.Commands, Is.Empty);
    }

    [Test]
    public void Supply_OneWayAskedFor_TakesItAlone()
    {
        var machine = new DrawnMachine(Platform.Linux, "/usr/bin/chromium", "/usr/bin/apt-get") { HasRoot = true, Variables = { ["CONVSCOPE_BROWSER"] = "playwright" }, Brings = { ["npx"] = Shell } };
        Assert.That(Supply(machine).Path, Is.EqualTo(Shell));
        Assert.That(machine.Commands, Has.Count.EqualTo(1).And.Some.StartsWith("npx"));
    }

    [Test]
    public void Supply_UnknownWay_NamesThoseThatThereAre()
    {
        var machine = new DrawnMachine(Platform.Linux) { Variables = { ["CONVSCOPE_BROWSER"] = "firefox" } };
        Assert.That(() => Supply(machine), Throws.ArgumentException.With.Message.EqualTo("CONVSCOPE_BROWSER is 'firefox'; it may be 'debian', 'playwright', 'npm' or 'find'."));
    }

    private FoundBrowser Supply(Machine machine) => new BrowserSupply(machine, BrowserSupply.Sources, _reports.Add).Supply();
}
