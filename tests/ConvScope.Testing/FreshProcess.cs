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
        var start = new ProcessStartInfo("dotnet", ["exec", assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, () => error.Result);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
