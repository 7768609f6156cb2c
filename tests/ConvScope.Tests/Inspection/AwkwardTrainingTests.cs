namespace ConvScope.Tests.Inspection;

/// <summary>
/// Inspection never ends the process and changes no bit, whatever the network does to its gradients. Every network is met in every way, in
/// processes of their own: what native code throws without a translation ends a process, and no test can catch that.
/// </summary>
[Category("Slow")]
public sealed class AwkwardTrainingTests
{
    private static readonly string[] _names = [.. AwkwardNetworks.All.Keys];

    private readonly Dictionary<(string Way, string Name), List<string>> _lines = [];
    private readonly Dictionary<(string Way, string Name), string> _crashes = [];
    private TemporaryFolder _folder = null!;

    [OneTimeSetUp]
    public void MeetThemAll()
    {
        _folder = new TemporaryFolder();
        foreach (var way in AwkwardTraining.Ways)
        {
            for (var left = _names; left.Length > 0;)
                left = Meet(way, left);
        }
    }

    [OneTimeTearDown]
    public void RemoveTheFolder() => _folder.Dispose();

    [Test]
    public void Training_Inspected_SurvivesUnchangedWithOneWarningAtMost(
        [Values("scope", "scope in inference mode", "trainer")] string way, [ValueSource(nameof(_names))] string name)
    {
        var lines = Lines(way, name);
        Assert.That(lines[0], Is.EqualTo("same bits"));
        var warnings = lines.Where(line => line.StartsWith("warning The inspection leaves", StringComparison.Ordinal)).ToArray();
        Assert.That(lines, Has.None.Contains("The observer").And.None.Contains("The inspection failed"), "the whole of it");
        if (way == "trainer" && lines.Contains("status failed"))
            return; // the training itself has no gradient, or no classes: as it would be without inspection
        Assert.That(lines, Does.Contain(way == "trainer" ? "status completed" : "status ended").And.Contains("losses 6"));
        if (AwkwardNetworks.All[name].Warning is { } expected)
            Assert.That(warnings.Single(), Does.Contain(expected));
        else
            Assert.That(warnings, Is.Empty);
    }

    [TestCaseSource(nameof(_names))]
    public void Attribute_EveryMethod_GivesMapsOrAnExceptionThatSaysWhyNot(string name)
    {
        foreach (var line in Lines("attribution", name))
            Assert.That(line, Does.EndWith(": [24, 8, 8]").Or.Contains(": NetworkException ").Or.Contains(": InvalidOperationException It does not evaluate"));
    }

    private List<string> Lines(string way, string name)
    {
        Assert.That(_crashes.GetValueOrDefault((way, name)), Is.Null, "the process was ended");
        return _lines[(way, name)];
    }

    /// <summary>Runs a process and gives the networks that come after the one with which it was ended.</summary>
    private string[] Meet(string way, string[] names)
    {
        var (exitCode, lines, error) = FreshProcess.RunToItsEnd(typeof(Program).Assembly.Location, [way, _folder.File(way), .. names]);
        var current = names[0];
        foreach (var line in lines)
        {
            if (line.StartsWith("begin ", StringComparison.Ordinal))
                _lines[(way, current = line[6..])] = [];
            else if (line != $"end {current}")
                _lines[(way, current)].Add(line);
        }

        if (exitCode == 0)
            return [];
        _crashes[(way, current)] = $"exit status {exitCode}: {error}";
        return [.. names.SkipWhile(name => name != current).Skip(1)];
    }
}
