using System.Text.RegularExpressions;
using ConvScope.GpuCheck;
using ConvScope.GpuCheck.Checks;

namespace ConvScope.ML.Tests.GpuChecks;

public sealed class AllChecksTests
{
    private static readonly string[] _names = [.. AllChecks.InOrderOfWorth.Select(check => check.Name)];

    [Test]
    public void InOrderOfWorth_HoldsEachCheckThatThereIs()
    {
        var types = typeof(Check).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Check)));
        Assert.That(AllChecks.InOrderOfWorth.Select(check => check.GetType()), Is.EquivalentTo(types));
    }

    [Test]
    public void InOrderOfWorth_Names_AreThoseOfTheKitsScript()
    {
        var script = File.ReadAllText(Path.Combine(ProgramSources.Root, "tests/ConvScope.GpuCheck/kit/run.sh"));
        var lists = Regex.Matches(script, "^(?:todo|more)=\"(.+)\"$", RegexOptions.Multiline);
        Assert.That(_names, Is.EqualTo(lists.SelectMany(list => list.Groups[1].Value.Split(' ')).Prepend("load")));
    }

    [Test]
    public void InOrderOfWorth_EachCheck_IsDescribedInTheDocumentation()
    {
        var page = File.ReadAllText(Path.Combine(ProgramSources.Root, "docs/gpu.md"));
        Assert.That(_names.Where(name => !page.Contains($"| `{name}` |", StringComparison.Ordinal)), Is.Empty);
    }
}
