using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;

namespace ConvScope.Tool.Tests;

/// <summary><c>convscope prune</c>: it lists, shows, asks, and deletes only what was asked for.</summary>
public sealed class PruneTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void WriteRuns()
    {
        _folder = new TemporaryFolder();
        foreach (var (name, status) in new[] { ("one", "completed"), ("two", "running") })
        {
            Dictionary<string, string> metadata = new() { ["status"] = status, ["run"] = name, ["heartbeat"] = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) };
            using var writer = new RunRecordWriter(_folder.File(name), metadata, exception => Assert.Fail(exception.Message));
            for (var epoch = 0; epoch <= 4; epoch++)
                writer.AppendSnapshot(epoch, epoch, SnapshotKind.Weights, [new NamedArray("w", [2, 2], [1, 2, 3, epoch])]);
            Directory.CreateDirectory(_folder.File($"{name}/checkpoints"));
            foreach (var file in new[] { "best", "epoch-001", "epoch-002" })
                Checkpoint.Write(_folder.File($"{name}/checkpoints/{file}.pth"), new Dictionary<string, object?> { ["run"] = name });
            File.WriteAllText(_folder.File($"{name}/summary.json"), "{}");
        }
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Prune_WithoutARequest_ListsTheRunsAndChangesNothing()
    {
        var before = Files();
        var (status, output, error) = ProgramTests.Run("prune", _folder.Path);
        Assert.That(status, Is.Zero, error);
        Assert.That(output, Does.Match(@"one +completed +\S+ KB +\S+ (B|KB) in 5 +\S+ (B|KB) in 3 +– +2 B +\S+ KB").And.Match(@"two +running ").And.Match("2 runs .* in 10 .* in 6 ")
            .And.Contain("two is left as it is: it goes on\n").And.Not.Contain(" goes,"));
        Assert.That(Files(), Is.EqualTo(before));
    }

    [Test]
    public void Prune_WithoutATerminal_ShowsWhatGoesAndDeletesNothing()
    {
        var before = Files();
        var (status, output, error) = ProgramTests.Run("prune", _folder.Path, "--keep-snapshots", "1");
        Assert.That((status, error), Is.EqualTo((1, $"convscope: Nothing is deleted: there is no terminal to ask at. --yes deletes without asking.{Environment.NewLine}")));
        Assert.That(output, Does.Match(@"one/snapshots/step-000001\.safetensors goes, \S+ B\n").And.Match(@"\n3 files, \S+ B in all\n"));
        Assert.That(Files(), Is.EqualTo(before));
    }

    [Test]
    public void Prune_DryRun_ShowsWhatGoesAndDeletesNothing()
    {
        var before = Files();
        var (status, output, _) = ProgramTests.Run("prune", _folder.Path, "--keep-snapshots", "1", "--keep-checkpoints", "0", "--dry-run", "--yes");
        Assert.That(status, Is.Zero);
        Assert.That(output, Does.Contain("one/checkpoints/epoch-001.pth goes").And.Not.Contain("two/snapshots"));
        Assert.That(Files(), Is.EqualTo(before));
    }

    [Test]
    public void Prune_Yes_ThinsTheRunThatIsOver()
    {
        var before = Files();
        var (status, output, error) = ProgramTests.Run("prune", _folder.Path, "--keep-snapshots", "1", "--keep-checkpoints", "0", "--yes");
        Assert.That(status, Is.Zero, error);
        Assert.That(output, Does.Match(@"\nDeleted 4 files, \S+ K?B\.\n$"));
        Assert.That(before.Except(Files()), Is.EqualTo(new[]
        {
            "one/checkpoints/epoch-001.pth", "one/snapshots/step-000001.safetensors", "one/snapshots/step-000002.safetensors", "one/snapshots/step-000003.safetensors",
        }));
        using var record = RunRecord.Open(_folder.File("one"));
        Assert.That(record.ReadSnapshots().Select(snapshot => snapshot.Step), Is.EqualTo(new[] { 0, 4 }));
        Assert.That(ProgramTests.Run("prune", _folder.Path, "--keep-snapshots", "1").Output, Does.EndWith("There is nothing to delete.\n"), "and asks nothing");
    }

    [Test]
    public void Prune_Json_PrintsWhatScriptsRead()
    {
        var (status, output, error) = ProgramTests.Run("prune", _folder.Path, "--keep-snapshots", "2", "--yes", "--json");
        Assert.That(status, Is.Zero, error);
        var answer = JsonDocument.Parse(output).RootElement;
        var one = answer.GetProperty("runs")[0];
        Assert.That((one.GetProperty("run").GetString(), one.GetProperty("status").GetString(), one.GetProperty("snapshots").GetInt32()), Is.EqualTo(("one", "completed", 5)), "as it was");
        Assert.That(answer.GetProperty("deleted").EnumerateArray().Select(file => file.GetString()),
            Is.EqualTo(new[] { "one/snapshots/step-000001.safetensors", "one/snapshots/step-000002.safetensors" }));
        Assert.That(answer.GetProperty("totalBytes").GetInt64(), Is.EqualTo(answer.GetProperty("runs").EnumerateArray().Sum(run => run.GetProperty("totalBytes").GetInt64())));
    }

    [Test]
    public void Prune_NoSuchFolder_SaysSo() =>
        Assert.That(ProgramTests.Run("prune", _folder.File("none")).Error, Is.EqualTo($"convscope: There is no folder '{_folder.File("none")}'.{Environment.NewLine}"));

    [Test]
    public void Train_LimitThatIsNoSize_SaysSo() =>
        Assert.That(ProgramTests.Run("train", "--snapshot-limit", "much").Error, Does.Contain("--snapshot-limit takes a number of bytes, such as 500MB, 2GiB or 1500000; it got 'much'."));

    [TestCase("y", 3)]
    [TestCase("yes", 3)]
    [TestCase("n", 0)]
    [TestCase("", 0)]
    [TestCase("yesterday", 0)]
    public void Prune_AtATerminal_AsksAndDoesAsItIsTold(string answer, int deleted)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/script"))
            Assert.Ignore("There is no 'script' that gives the command a terminal.");
        var before = Files();
        var command = $"dotnet exec '{typeof(Program).Assembly.Location}' prune '{_folder.Path}' --keep-snapshots 1";
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/script", ["-qec", command, "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.WriteLine(answer);
        process.StandardInput.Flush(); // and stays open: its end would be the terminal's
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, output);
        Assert.That(output, Does.Match(@"Delete 3 files, \S+ B\? \[y/N\] "));
        Assert.That(before.Length - Files().Length, Is.EqualTo(deleted));
    }

    private string[] Files() => [.. Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(_folder.Path, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];
}
