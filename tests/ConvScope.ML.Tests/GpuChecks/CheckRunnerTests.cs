using System.Text.Json;
using ConvScope.GpuCheck;

namespace ConvScope.ML.Tests.GpuChecks;

public sealed class CheckRunnerTests
{
    private static readonly DrawnCheck _good = new("good", (_, _) => new { answer = 42, ratio = double.NaN });

    private readonly List<string> _lines = [];
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder()
    {
        _folder = new TemporaryFolder();
        _lines.Clear();
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Run_AllAsExpected_IsTrueAndCounts()
    {
        Assert.That(Run(_good, _good), Is.True);
        Assert.That(_lines[^1], Is.EqualTo("2 of 2 checks done on cpu"));
    }

    [Test]
    public void Run_EachCheck_LeavesALineOfJson()
    {
        Run(_good);
        var line = Results().Single();
        Assert.Multiple(() =>
        {
            Assert.That(line.GetProperty("check").GetString(), Is.EqualTo("good"));
            Assert.That(line.GetProperty("status").GetString(), Is.EqualTo("done"));
            Assert.That(line.GetProperty("result").GetProperty("answer").GetInt32(), Is.EqualTo(42));
            Assert.That(line.GetProperty("result").GetProperty("ratio").GetString(), Is.EqualTo("NaN"));
        });
    }

    [Test]
    public void Run_OneThrows_RunsTheNextAllTheSame()
    {
        var broken = new DrawnCheck("broken", (_, _) => throw new NotSupportedException("no such kernel"));
        Assert.That(Run(broken, _good), Is.False);
        Assert.That(Results().Select(line => line.GetProperty("status").GetString()), Is.EqualTo(new[] { "failed", "done" }));
        Assert.That(_lines, Has.Some.Contains("no such kernel").And.Some.EqualTo("1 of 2 checks done on cpu"));
    }

    [Test]
    public void Run_SomethingUnexpected_IsNotDoneAndSaysWhatWasExpected()
    {
        var other = new DrawnCheck("other", (_, expectations) =>
        {
            expectations.AtMost(1e-5, 0.25, "the parting of the losses");
            expectations.AtLeast(0.5, double.NaN, "accuracy");
            expectations.That(true, "this held");
            return "figures";
        });
        Assert.That(Run(other), Is.False);
        var line = Results().Single();
        Assert.That(line.GetProperty("status").GetString(), Is.EqualTo("not as expected"));
        Assert.That(line.GetProperty("result").GetString(), Is.EqualTo("figures"), "what came out is kept");
        string[] expected = ["the parting of the losses should be at most 1E-05; it is 0.25", "accuracy should be at least 0.5; it is NaN"];
        Assert.That(line.GetProperty("expected").EnumerateArray().Select(item => item.GetString()), Is.EqualTo(expected));
    }

    [Test]
    public void Run_TimeIsOver_SkipsTheRest()
    {
        Assert.That(Run(TimeSpan.Zero, new DrawnCheck("slow", (_, _) => "")), Is.False);
        Assert.That(Results().Single().GetProperty("status").GetString(), Is.EqualTo("skipped"));
    }

    [Test]
    public void Run_WhileACheckRuns_ItsNameIsOnDisk()
    {
        var seen = "";
        Run(new DrawnCheck("deadly", (laboratory, _) => seen = File.ReadAllText(Path.Combine(laboratory.Output, CheckRunner.CurrentFile))));
        Assert.That(seen, Is.EqualTo("deadly"), "read by run.sh where the process dies");
        Assert.That(File.Exists(_folder.File(CheckRunner.CurrentFile)), Is.False);
    }

    private bool Run(params Check[] checks) => Run(TimeSpan.FromHours(1), checks);

    private bool Run(TimeSpan limit, params Check[] checks)
    {
        var laboratory = new Laboratory(_folder.Path, isCuda: false, scale: 1);
        return new CheckRunner(laboratory, limit, TimeProvider.System, _lines.Add).Run(checks);
    }

    private List<JsonElement> Results() =>
        [.. File.ReadLines(_folder.File(CheckRunner.ResultFile)).Select(line => JsonDocument.Parse(line).RootElement)];
}
