namespace ConvScope.ML.Tests.GpuChecks;

/// <summary>Sources of the programs below tests that are held to the rules of the libraries.</summary>
internal static class ProgramSources
{
    private static readonly string[] _projects = ["ConvScope.Browsers", "ConvScope.GpuCheck", "ConvScope.NUnitRun"];

    /// <summary>The folder of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Each file: its path below tests, with slashes, and its text.</summary>
    public static IReadOnlyList<(string Path, string Text)> All { get; } =
    [
        .. from project in _projects
           from file in Directory.EnumerateFiles(Path.Combine(Root, "tests", project), "*.cs", SearchOption.AllDirectories)
           select (Path.GetRelativePath(Path.Combine(Root, "tests"), file).Replace('\\', '/'), File.ReadAllText(file)),
    ];

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ConvScope.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("No folder above the tests holds ConvScope.slnx.");
        return folder.FullName;
    }
}
