using ConvScope.Reporting.Figures;

namespace ConvScope.Reporting.Tests.Figures;

/// <summary>Text that must fit into a figure.</summary>
public sealed class FigureTextTests
{
    [Test]
    public void Fitted_ShortName_IsItself() => Assert.That(FigureText.Fitted("cat", 11, 84), Is.EqualTo("cat"));

    [TestCase("German shorthaired pointer")]
    [TestCase("n02102040 English springer, English springer spaniel")]
    public void Fitted_LongName_IsCutToTheRoomAndNoShorter(string name)
    {
        var fitted = FigureText.Fitted(name, 11, 84);
        Assert.That(fitted, Does.EndWith("…"));
        Assert.That(FigureText.Width(fitted, 11), Is.InRange(60, 84));
    }
}
