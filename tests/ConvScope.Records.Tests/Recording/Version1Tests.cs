namespace ConvScope.Records.Tests.Recording;

/// <summary>A run that version 1 of the formats wrote opens for ever and gives the same numbers.</summary>
public sealed class Version1Tests
{
    private static readonly string _fixture = Path.Combine(AppContext.BaseDirectory, "fixtures", "v1");

    [Test]
    public void Open_RunOfVersion1_GivesTheNumbersThatItGaveThen()
    {
        using var folder = new TemporaryFolder();
        folder.CopyFrom(_fixture);
        Assert.That(Version1Facts.Read(folder.Path), Is.EqualTo(File.ReadAllLines(Path.Combine(_fixture, "expected.txt"))));
    }
}
