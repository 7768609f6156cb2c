using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ConvScope;

/// <summary>A program of <c>pipelines/</c>, run as its reader runs it: <c>dotnet run pipelines/name.cs</c>.</summary>
public sealed class RunningPipeline : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<string> _line = new();

    private RunningPipeline(string program, Func<string, bool>? isAwaited, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["run", Path.Combine(Repository(), "pipelines", program), "--configuration", "Release", "--", .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Repository(),
        };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data, isAwaited);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data, null);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>All that it has printed.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Resident memory of the program itself, which <c>dotnet run</c> started, in MB; Linux only.</summary>
    public double ResidentMegabytes
    {
        get
        {
            var children = File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var status = File.ReadLines($"/proc/{children[^1]}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
            return double.Parse(status.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It ended with another exit code than 0; the message is what it printed.</exception>
    public static string Run(string program, params string[] arguments)
    {
        var (status, output) = RunToEnd(program, arguments);
        return status == 0 ? output : throw new InvalidOperationException(output);
    }

    /// <summary>Runs a program to its end, whatever that is.</summary>
    /// <returns>Its exit status, and what it printed on both streams.</returns>
    public static (int Status, string Output) RunToEnd(string program, params string[] arguments)
    {
        using var running = new RunningPipeline(program, null, arguments);
        running._process.WaitForExit();
        return (running._process.ExitCode, running.Output);
    }

    /// <summary>Starts a program that goes on, and waits for a line of its output.</summary>
    /// <param name="program">File name of the program.</param>
    /// <param name="isAwaited">Whether a line is the one that is waited for.</param>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>The program, and the line.</returns>
    public static async Task<(RunningPipeline Program, string Line)> StartAsync(string program, Func<string, bool> isAwaited, params string[] arguments)
    {
        var running = new RunningPipeline(program, isAwaited, arguments);
        var ended = running._process.WaitForExitAsync();
        if (await Task.WhenAny(running._line.Task, ended) == ended)
        {
            running.Dispose();
            throw new InvalidOperationException(running.Output);
        }

        return (running, await running._line.Task);
    }

    /// <summary>Ends the program and what it started.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private void Keep(string? line, Func<string, bool>? isAwaited)
    {
        if (line is null)
            return;
        lock (_output)
            _output.AppendLine(line);
        if (isAwaited?.Invoke(line) == true)
            _line.TrySetResult(line);
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ConvScope.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("The program is not run from inside the repository.");
    }
}
