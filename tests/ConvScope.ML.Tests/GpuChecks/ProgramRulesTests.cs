using System.Text.RegularExpressions;

namespace ConvScope.ML.Tests.GpuChecks;

/// <summary>The rules of the design for the programs below tests. A failure lists every violation.</summary>
public sealed class ProgramRulesTests
{
    /// <summary>All files but the programs' first ones, which have statements at their top.</summary>
    private static readonly (string Path, string Text)[] _withTypes =
        [.. ProgramSources.All.Where(source => !source.Path.EndsWith("/Program.cs", StringComparison.Ordinal))];

    [Test]
    public void Sources_AreFound()
    {
        string[] some = ["ConvScope.Browsers/Program.cs", "ConvScope.GpuCheck/Checks/FitCheck.cs", "ConvScope.NUnitRun/FailureList.cs"];
        Assert.That(ProgramSources.All.Select(source => source.Path), Is.SupersetOf(some));
    }

    [Test]
    public void Namespace_OfEachFile_IsItsFolder()
    {
        static string Expected(string path) => $"namespace {Path.GetDirectoryName(path)!.Replace('/', '.')};\n";
        var wrong = _withTypes.Where(source => !source.Text.Contains(Expected(source.Path), StringComparison.Ordinal));
        Assert.That(wrong.Select(source => source.Path), Is.Empty);
    }

    [Test]
    public void Types_AreOneAFileAndNamedAsIt()
    {
        var wrong = from source in _withTypes
                    let names = Declarations(source.Text).Select(match => match.Groups["name"].Value).ToArray()
                    where names is not [var name] || name != Path.GetFileNameWithoutExtension(source.Path)
                    select $"{source.Path}: {string.Join(", ", names)}";
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Classes_AreAbstractSealedOrStatic()
    {
        var wrong = from source in ProgramSources.All
                    from match in Declarations(source.Text)
                    where Regex.IsMatch(match.Value, @"\b(?:class|record) \w+$")
                    where !Regex.IsMatch(match.Groups["words"].Value, "sealed|abstract|static")
                    select $"{source.Path}: {match.Value}";
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Types_AreDocumented()
    {
        var wrong = _withTypes.Where(source => !Regex.IsMatch(source.Text, @"\n/// .*\n(?:\[.+\]\n)*(?:public|internal) "));
        Assert.That(wrong.Select(source => source.Path), Is.Empty);
    }

    [Test]
    public void Console_IsForProgramsOnly()
    {
        var wrong = _withTypes.Where(source => source.Text.Contains("Console.", StringComparison.Ordinal));
        Assert.That(wrong.Select(source => source.Path), Is.Empty);
    }

    [Test]
    public void Sources_HaveNoRegions()
    {
        var wrong = ProgramSources.All.Where(source => Regex.IsMatch(source.Text, @"^\s*#region", RegexOptions.Multiline));
        Assert.That(wrong.Select(source => source.Path), Is.Empty);
    }

    [Test]
    public void Sources_HaveAtMost250LinesOf140Columns()
    {
        var wrong = from source in ProgramSources.All
                    let lines = source.Text.Split('\n')
                    where lines.Length > 251 || lines.Any(line => line.Length > 140)
                    select $"{source.Path}: {lines.Length} lines, the longest has {lines.Max(line => line.Length)} columns";
        Assert.That(wrong, Is.Empty);
    }

    /// <summary>What is declared at the margin: everything in a type is indented.</summary>
    private static MatchCollection Declarations(string text) => Regex.Matches(
        text,
        @"^(?:public|internal) (?<words>(?:\w+ )*?)(?:class|record struct|record|struct|enum|interface) (?<name>\w+)",
        RegexOptions.Multiline);
}
