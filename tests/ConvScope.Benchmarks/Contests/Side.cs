using System.Diagnostics;
using System.Text.Json;

namespace ConvScope.Benchmarks.Contests;

/// <summary>A process that runs one side of a contest whenever it is asked to, and waits in between: what is paid once is not measured.</summary>
internal sealed class Side : IDisposable
{
    private readonly Process _process;

    private Side(string name, Process process, string form) => (Name, _process, Form) = (name, process, form);

    /// <summary>Whose it is.</summary>
    public string Name { get; }

    /// <summary>The form in which it is fastest, as it found; empty where there is no choice.</summary>
    public string Form { get; }

    /// <summary>Starts a side, and waits until it is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended before.</exception>
    public static Side Start(string name, string program, params IEnumerable<string> arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        for (string? line; (line = process.StandardOutput.ReadLine()) is not null;)
        {
            if (line.StartsWith("ready", StringComparison.Ordinal))
                return new Side(name, process, line[5..].Trim());
        }

        throw new InvalidOperationException($"{name} ended before it was ready: {program} {string.Join(' ', process.StartInfo.ArgumentList)}");
    }

    /// <summary>A side that is a run of this program.</summary>
    public static Side StartOwn(string name, params IEnumerable<string> arguments) => Start(name, Environment.ProcessPath!, ["contestant", .. arguments]);

    /// <summary>Runs once.</summary>
    public Outcome Run()
    {
        _process.StandardInput.WriteLine();
        return JsonSerializer.Deserialize<Outcome>(_process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{Name} ended."), JsonSerializerOptions.Web)!;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
