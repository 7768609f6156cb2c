namespace ConvScope.Browsers;

/// <summary>What the search for a browser asks of a machine; a test answers for machines that it does not have.</summary>
public abstract class Machine
{
    /// <summary>Its operating system.</summary>
    public abstract Platform Platform { get; }

    /// <summary>Whether its processor is an x64.</summary>
    public abstract bool IsX64 { get; }

    /// <summary>Whether this process may install packages of the system.</summary>
    public abstract bool IsRoot { get; }

    /// <summary>The user's folder, without a slash at its end.</summary>
    public abstract string Home { get; }

    /// <summary>An environment variable; null where it is unset or empty.</summary>
    public abstract string? Variable(string name);

    /// <summary>Whether there is such a file.</summary>
    public abstract bool HasFile(string path);

    /// <summary>Names of the folders in a folder; none where it is missing.</summary>
    public abstract IReadOnlyList<string> Folders(string path);

    /// <summary>Runs a program of the PATH, or by its path, to its end.</summary>
    /// <returns>What it said; a program that is not there or takes longer than it may has failed.</returns>
    public abstract ProgramResult Run(string program, IReadOnlyList<string> arguments, TimeSpan limit);

    /// <summary>Where downloads are kept, as by the libraries: <c>CONVSCOPE_CACHE</c>, else <c>convscope</c> in the user's cache.</summary>
    public string Cache => Variable("CONVSCOPE_CACHE") ?? $"{UserCache}/convscope";

    /// <summary>The user's cache folder.</summary>
    public string UserCache => Platform switch
    {
        Platform.Windows => Variable("LOCALAPPDATA") ?? $"{Home}/AppData/Local",
        Platform.MacOS => $"{Home}/Library/Caches",
        _ => Variable("XDG_CACHE_HOME") ?? $"{Home}/.cache",
    };
}
