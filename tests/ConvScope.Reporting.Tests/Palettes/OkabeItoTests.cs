using ConvScope.Reporting.Palettes;
using SkiaSharp;

namespace ConvScope.Reporting.Tests.Palettes;

public sealed class OkabeItoTests
{
    [Test]
    public void At_FirstEight_AreThePublishedColoursWithADarkerYellow() => Assert.That(
        Enumerable.Range(0, 8).Select(OkabeIto.At),
        Is.EqualTo(new[] { "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#B8A500", "#000000" }.Select(SKColor.Parse)));

    [Test]
    public void At_TheNinth_IsTheFirstAtHalfItsBrightness() => Assert.That(OkabeIto.At(8), Is.EqualTo(SKColor.Parse("#003959")));

    [Test]
    public void At_AnyIndex_IsOpaque() => Assert.That(Enumerable.Range(0, 200).Select(index => OkabeIto.At(index).Alpha), Is.All.EqualTo(byte.MaxValue));

    [Test]
    public void At_FirstSeven_StandOutFromWhite() =>
        Assert.That(Enumerable.Range(0, 7).Select(index => OkabeIto.At(index)).Select(color => 3 * 255 - color.Red - color.Green - color.Blue), Is.All.GreaterThan(255));
}
