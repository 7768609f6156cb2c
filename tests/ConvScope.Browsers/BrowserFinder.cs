namespace ConvScope.Browsers;

/// <summary>Looks where browsers are: the one that is named, an installed one, Playwright's own, the one of an earlier build.</summary>
public static class BrowserFinder
{
    /// <summary>Name of the environment variable that names the browser to use.</summary>
    public const string Variable = "CONVSCOPE_CHROMIUM";

    private static readonly string[] _linux =
    [
        "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable",
        "/usr/bin/microsoft-edge", "/usr/bin/microsoft-edge-stable", "/usr/local/bin/chromium", "/usr/local/bin/google-chrome",
        "/opt/google/chrome/chrome", "/opt/microsoft/msedge/msedge",
    ];

    private static readonly string[] _macOS =
    [
        "Applications/Chromium.app/Contents/MacOS/Chromium", "Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ];

    private static readonly string[] _windows =
        ["Chromium/Application/chrome.exe", "Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe"];

    // Below the folder of one revision; the names have changed over time.
    private static readonly string[] _playwright =
    [
        "chrome-linux64/chrome", "chrome-linux/chrome",
        "chrome-headless-shell-linux64/chrome-headless-shell", "chrome-linux/headless_shell",
        "chrome-win64/chrome.exe", "chrome-win/chrome.exe",
        "chrome-headless-shell-win64/chrome-headless-shell.exe", "chrome-win/headless_shell.exe",
        "chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
        "chrome-mac-x64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
        "chrome-mac/Chromium.app/Contents/MacOS/Chromium",
        "chrome-headless-shell-mac-arm64/chrome-headless-shell", "chrome-headless-shell-mac-x64/chrome-headless-shell",
        "chrome-mac/headless_shell",
    ];

    /// <summary>The first browser that is there and starts; null where there is none.</summary>
    /// <exception cref="FileNotFoundException"><see cref="Variable"/> names a file that is not there.</exception>
    public static FoundBrowser? Find(Machine machine)
    {
        if (machine.Variable(Variable) is { } chosen)
        {
            return machine.HasFile(chosen)
                ? new FoundBrowser(chosen, Variable)
                : throw new FileNotFoundException($"{Variable} names '{chosen}', and there is no such file.");
        }

        var browsers = Installed(machine).Concat(OfPlaywright(machine)).Concat(OfNpm(machine));
        return browsers.FirstOrDefault(browser => Starts(machine, browser.Path));
    }

    /// <summary>As <see cref="Find"/>, for a program that is of no use without a browser.</summary>
    /// <exception cref="FileNotFoundException">There is none, or <see cref="Variable"/> names a file that is not there.</exception>
    public static FoundBrowser Required(Machine machine) => Find(machine)
        ?? throw new FileNotFoundException($"No browser was found. Set {Variable}, or run ./build.sh --target=Browser, which gets one.");

    /// <summary>The browsers of the system that are there, best first.</summary>
    public static IEnumerable<FoundBrowser> Installed(Machine machine)
    {
        var places = machine.Platform switch
        {
            Platform.Windows => from variable in new[] { "ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA" }
                                let folder = machine.Variable(variable)
                                where folder is not null
                                from program in _windows
                                select $"{folder}/{program}",
            Platform.MacOS => new[] { "", machine.Home }.SelectMany(folder => _macOS.Select(program => $"{folder}/{program}")),
            // Ubuntu's chromium-browser is a snap, which sees none of the files that tests put below /tmp.
            _ => _linux.Where(path => path != "/usr/bin/chromium-browser" || !machine.HasFile("/snap/bin/chromium")),
        };
        return places.Where(machine.HasFile).Select(path => new FoundBrowser(path, "installed"));
    }

    /// <summary>What <c>playwright install</c> has left, newest revision first, whole browsers before headless shells.</summary>
    public static IEnumerable<FoundBrowser> OfPlaywright(Machine machine)
    {
        var root = machine.Variable("PLAYWRIGHT_BROWSERS_PATH") ?? $"{machine.UserCache}/ms-playwright";
        return from kind in new[] { "chromium-", "chromium_headless_shell-" }
               from folder in machine.Folders(root)
               where folder.StartsWith(kind, StringComparison.Ordinal)
               orderby kind.Length, Revision(folder[kind.Length..]) descending // whole browsers first
               from program in _playwright
               let path = $"{root}/{folder}/{program}"
               where machine.HasFile(path)
               select new FoundBrowser(path, "Playwright's own");
    }

    /// <summary>What <see cref="NpmPackage"/> has left in the cache.</summary>
    public static IEnumerable<FoundBrowser> OfNpm(Machine machine) =>
        machine.HasFile(NpmPackage.ProgramPath(machine))
            ? [new FoundBrowser(NpmPackage.ProgramPath(machine), $"npm package {NpmPackage.Package}")]
            : [];

    /// <summary>Whether a browser starts: one whose libraries are missing does not, nor a stand-in that says how to install it.</summary>
    public static bool Starts(Machine machine, string path) =>
        machine.Platform == Platform.Windows // there the question for its version opens a window
        || machine.Run(path, ["--version"], TimeSpan.FromSeconds(30)).IsSuccess;

    private static int Revision(string text) => int.TryParse(text, out var number) ? number : -1;
}
