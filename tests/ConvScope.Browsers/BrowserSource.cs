namespace ConvScope.Browsers;

/// <summary>A way to get a browser onto a machine that has none.</summary>
public abstract class BrowserSource
{
    /// <summary>The word with which <see cref="BrowserSupply.Variable"/> asks for this way alone.</summary>
    public abstract string Name { get; }

    /// <summary>What is fetched, in words.</summary>
    public abstract string Description { get; }

    /// <summary>Why this way is not open on a machine; null where it may be tried.</summary>
    public abstract string? Obstacle(Machine machine);

    /// <summary>Gets it. That it worked shows only in the browsers that are there afterwards.</summary>
    /// <exception cref="IOException">It failed; the message is the reason.</exception>
    public abstract void Get(Machine machine);

    /// <summary>The browsers on a machine that are from this source.</summary>
    public abstract IEnumerable<FoundBrowser> Browsers(Machine machine);

    /// <summary>Runs a program that must succeed, for at most ten minutes.</summary>
    protected static void Run(Machine machine, string program, params string[] arguments)
    {
        var result = machine.Run(program, arguments, TimeSpan.FromMinutes(10));
        if (!result.IsSuccess)
            throw new IOException($"'{program} {string.Join(' ', arguments)}' failed: {result.Reason}");
    }

    /// <summary>Why a program of the PATH is out of reach; null where it answers to <c>--version</c>.</summary>
    protected static string? Missing(Machine machine, string program) =>
        machine.Run(program, ["--version"], TimeSpan.FromSeconds(30)).IsSuccess ? null : $"'{program}' is not on the PATH";
}
