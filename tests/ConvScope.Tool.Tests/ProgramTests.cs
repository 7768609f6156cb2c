using System.Diagnostics;
using ConvScope.Checkpoints;
using ConvScope.Recording;

namespace ConvScope.Tool.Tests;

/// <summary>The command in a process of its own, as people run it; without libtorch, as it never needs it here.</summary>
public sealed class ProgramTests
{
    private static readonly string _tool = typeof(Program).Assembly.Location;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void WriteRun()
    {
        _folder = new TemporaryFolder();
        using var writer = new RunRecordWriter(_folder.File("run"), new Dictionary<string, string> { [MetadataNames.Status] = "completed" }, exception => Assert.Fail(exception.Message));
        writer.Append(new StepReadings(0, 1, 0.1, [(new Series("loss", "", "nats"), 2.3)]));
        writer.AppendSnapshot(0, 0, SnapshotKind.Weights, [new NamedArray("w", [2, 2], [1, 2, 3, 4])]);
        writer.AppendSnapshot(1, 1, SnapshotKind.Weights, [new NamedArray("w", [2, 2], [2, 4, 6, 8])]);
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Report_OfARun_WritesItsPageAndSaysWhere()
    {
        var (status, output, _) = Run("report", _folder.File("run"));
        Assert.That((status, output.Trim()), Is.EqualTo((0, _folder.File("run/report.html"))));
        Assert.That(File.ReadAllText(_folder.File("run/report.html")), Does.StartWith("<!doctype html>"));
    }

    [Test]
    public void Report_OfNoRun_SaysWhy()
    {
        var (status, _, error) = Run("report", _folder.File("nothing"));
        Assert.That(status, Is.EqualTo(1));
        Assert.That(error, Does.StartWith("convscope: ").And.Contain("holds no record"));
    }

    [Test]
    public void Compare_TwoSnapshots_PrintsTheNumbers()
    {
        var snapshots = Directory.EnumerateFiles(_folder.File("run/snapshots")).Order(StringComparer.Ordinal).ToArray();
        var (status, output, _) = Run("compare", snapshots[0], snapshots[1], "w");
        Assert.That(status, Is.Zero);
        Assert.That(output, Does.Contain("cosine                   1\n").And.Contain("relative distance        1\n").And.Contain("largest difference       4 at index 3\n"));
    }

    [Test]
    public void Compare_ATensorThatIsNotThere_NamesThoseThatAre()
    {
        var snapshot = Directory.EnumerateFiles(_folder.File("run/snapshots")).First();
        Assert.That(Run("compare", snapshot, snapshot, "v").Error, Does.Contain("has no tensor 'v'; it has w."));
    }

    [Test]
    public void Serve_NoAddress_SaysSo() => Assert.That(Run("serve", _folder.Path, "--address", "nowhere").Error, Does.Contain("'nowhere' is not an IP address."));

    [Test]
    public async Task Serve_AFolder_PrintsTheAddressThatAnswers()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", _tool, "serve", _folder.Path, "--port", "0"]) { RedirectStandardOutput = true })!;
        try
        {
            var line = await process.StandardOutput.ReadLineAsync();
            using var client = new HttpClient();
            Assert.That(await client.GetStringAsync(new Uri(new Uri(line!.Split(' ')[^1]), "api/runs")), Does.Contain("\"name\":\"run\""));
        }
        finally
        {
            process.Kill();
        }
    }

    private static (int Status, string Output, string Error) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", _tool, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
