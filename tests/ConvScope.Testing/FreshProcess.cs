using System.Diagnostics;

namespace ConvScope;

/// <summary>Runs a built program in a process of its own.</summary>
public static class FreshProcess
{
    /// <summary>The lines that it printed; the test fails where it ends with another exit code than 0.</summary>
    public static string[] Run(string assembly, params string[] arguments) => Run(assembly, new Dictionary<string, string>(), arguments);

    /// <summary>The same with environment variables of its own.</summary>
    public static string[] Run(string assembly, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var (exitCode, lines, error) = RunToItsEnd(assembly, environment, arguments);
        Assert.That(exitCode, Is.Zero, error);
        return lines;
    }

    /// <summary>How it ended, whatever it did: exit code (134 where native code aborted it), the lines that it printed, and what it said of errors.</summary>
    public static (int ExitCode, string[] Lines, string Error) RunToItsEnd(string assembly, params string[] arguments) =>
        RunToItsEnd(assembly, new Dictionary<string, string> { ["OMP_NUM_THREADS"] = "1" }, arguments); // beside a test's own threads, two spin against each other

    private static (int ExitCode, string[] Lines, string Error) RunToItsEnd(
        string assembly, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.Split('\n', StringSplitOptions.RemoveEmptyEntries), error.Result);
    }
}
