namespace ConvScope.Browsers;

/// <summary>Finds a browser, or gets one by the first way that is open and works.</summary>
/// <param name="machine">Where to look.</param>
/// <param name="sources">The ways, best first.</param>
/// <param name="report">Gets a line before each way that takes time, and one after each that failed.</param>
public sealed class BrowserSupply(Machine machine, IReadOnlyList<BrowserSource> sources, Action<string> report)
{
    /// <summary>Name of the environment variable that says how: a source's name for that way alone, <c>find</c> to get nothing.</summary>
    public const string Variable = "CONVSCOPE_BROWSER";

    /// <summary>Name of the environment variable by which the build tells the tests why they have no browser.</summary>
    public const string MissingVariable = "CONVSCOPE_NO_BROWSER";

    private const string FindOnly = "find";

    /// <summary>The ways that there are, best first.</summary>
    public static IReadOnlyList<BrowserSource> Sources { get; } = [new DebianPackage(), new PlaywrightDownload(), new NpmPackage()];

    /// <summary>A browser that starts.</summary>
    /// <exception cref="ArgumentException"><see cref="Variable"/> has another value than those that there are.</exception>
    /// <exception cref="FileNotFoundException"><see cref="BrowserFinder.Variable"/> names a file that is not there.</exception>
    /// <exception cref="IOException">There is none, and none could be got: the message says why, way by way.</exception>
    public FoundBrowser Supply()
    {
        var way = machine.Variable(Variable);
        if (way is not (null or FindOnly) && sources.All(source => source.Name != way))
        {
            var names = string.Join(", ", sources.Select(source => $"'{source.Name}'"));
            throw new ArgumentException($"{Variable} is '{way}'; it may be {names} or '{FindOnly}'.");
        }

        if (way is null or FindOnly && BrowserFinder.Find(machine) is { } found)
            return found;
        if (way is FindOnly)
            throw new IOException($"no browser was found, and {Variable} is '{FindOnly}'");
        var reasons = new List<string>();
        foreach (var source in sources.Where(source => way is null || source.Name == way))
        {
            if (Get(source, out var reason) is { } browser)
                return browser;
            reasons.Add($"{source.Description}: {reason}");
            report(reasons[^1]);
        }

        throw new IOException($"no browser was found, and none could be got ({string.Join("; ", reasons)})");
    }

    private FoundBrowser? Get(BrowserSource source, out string reason)
    {
        if (source.Obstacle(machine) is { } obstacle)
        {
            reason = obstacle;
            return null;
        }

        report($"Getting a browser for the tests of the page: {source.Description}.");
        try
        {
            source.Get(machine);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            reason = exception.Message;
            return null;
        }

        reason = "it left no browser that starts";
        return source.Browsers(machine).FirstOrDefault(browser => BrowserFinder.Starts(machine, browser.Path));
    }
}
