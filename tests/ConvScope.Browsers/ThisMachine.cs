using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace ConvScope.Browsers;

/// <summary>The machine that this process runs on.</summary>
public sealed class ThisMachine : Machine
{
    /// <inheritdoc />
    public override Platform Platform =>
        OperatingSystem.IsWindows() ? Platform.Windows : OperatingSystem.IsMacOS() ? Platform.MacOS : Platform.Linux;

    /// <inheritdoc />
    public override bool IsX64 => RuntimeInformation.OSArchitecture == Architecture.X64;

    /// <inheritdoc />
    public override bool IsRoot => Environment.IsPrivilegedProcess;

    /// <inheritdoc />
    public override string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <inheritdoc />
    public override string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <inheritdoc />
    public override bool HasFile(string path) => File.Exists(path);

    /// <inheritdoc />
    public override IReadOnlyList<string> Folders(string path) =>
        Directory.Exists(path) ? [.. new DirectoryInfo(path).EnumerateDirectories().Select(folder => folder.Name)] : [];

    /// <inheritdoc />
    public override ProgramResult Run(string program, IReadOnlyList<string> arguments, TimeSpan limit)
    {
        // Programs of npm are scripts, which Windows starts only by their full name.
        var name = OperatingSystem.IsWindows() && program is "npm" or "npx" ? $"{program}.cmd" : program;
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(name, arguments)
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            },
        };
        process.StartInfo.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        var text = new StringBuilder();
        void Add(object sender, DataReceivedEventArgs line)
        {
            lock (text)
                text.AppendLine(line.Data);
        }

        process.OutputDataReceived += Add;
        process.ErrorDataReceived += Add;
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            return new ProgramResult(false, exception.Message);
        }

        using var interrupt = EndWith(process, PosixSignal.SIGINT);
        using var termination = EndWith(process, PosixSignal.SIGTERM);
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            return new ProgramResult(false, $"'{program}' took longer than {limit.TotalSeconds:F0} s.");
        }

        process.WaitForExit(); // also for what it wrote last
        lock (text)
            return new ProgramResult(process.ExitCode == 0, text.ToString());
    }

    /// <summary>Ends a program, and what it started, where this process is told to end.</summary>
    private static PosixSignalRegistration EndWith(Process process, PosixSignal signal) =>
        PosixSignalRegistration.Create(signal, _ => process.Kill(entireProcessTree: true));
}
