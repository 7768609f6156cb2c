using ConvScope.Records.Recording;

namespace ConvScope.Records.Tests.Recording;

/// <summary>Names of classes in a record's metadata.</summary>
public sealed class RecordedClassesTests
{
    [Test]
    public void NameOf_WithNames_IsTheNameAndBeyondThemTheIndex()
    {
        var classes = RecordedClasses.Of(new Dictionary<string, string> { [MetadataNames.ClassNames] = RecordedClasses.ToText(["a \"b\"", "é\n"]) });
        Assert.That(new[] { -1, 0, 1, 2 }.Select(classes.NameOf), Is.EqualTo(new[] { "-1", "a \"b\"", "é\n", "2" }));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("{}")]
    [TestCase("[1]")]
    [TestCase("[\"a\"")]
    public void Of_WithoutNamesOrDamaged_HasIndices(string? text)
    {
        var classes = RecordedClasses.Of(text is null ? [] : new Dictionary<string, string> { [MetadataNames.ClassNames] = text });
        Assert.That(classes.Names, Is.Null);
        Assert.That(classes.NameOf(7), Is.EqualTo("7"));
    }
}
