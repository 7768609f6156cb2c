using ConvScope.Reporting.Palettes;
using SkiaSharp;

namespace ConvScope.Reporting.Tests.Palettes;

public sealed class DivergingPaletteTests
{
    [TestCase(0f)]
    [TestCase(-0f)]
    public void At_Zero_IsExactlyTheNeutral(float zero) => Assert.That(DivergingPalette.At(zero, 0.3f), Is.EqualTo(SKColor.Parse("#f7f7f7")));

    // ColorBrewer's eleven stops, reversed: two tenths of the scale apart
    [TestCase(-1f, "#053061")]
    [TestCase(-0.8f, "#2166ac")]
    [TestCase(-0.4f, "#92c5de")]
    [TestCase(0.2f, "#fddbc7")]
    [TestCase(0.6f, "#d6604d")]
    [TestCase(1f, "#67001f")]
    public void At_AStop_IsItsColour(float value, string color) => Assert.That(DivergingPalette.At(2 * value, 2), Is.EqualTo(SKColor.Parse(color)));

    [Test]
    public void At_BetweenTwoStops_IsTheirMean() =>
        Assert.That(DivergingPalette.At(0.1f, 1), Is.EqualTo(new SKColor((0xf7 + 0xfd) / 2, (0xf7 + 0xdb) / 2, (0xf7 + 0xc7) / 2)));

    [Test]
    public void At_SameMagnitude_IsBlueBelowZeroAndRedAbove([Values(0.1f, 0.5f, 1f)] float magnitude)
    {
        SKColor below = DivergingPalette.At(-magnitude, 1), above = DivergingPalette.At(magnitude, 1);
        Assert.That(below.Blue, Is.GreaterThan(below.Red));
        Assert.That(above.Red, Is.GreaterThan(above.Blue));
    }

    [Test]
    public void At_SameMagnitude_IsAboutAsLightOnBothSides([Range(0.1f, 1f, 0.1f)] float magnitude) =>
        Assert.That(Lightness(DivergingPalette.At(-magnitude, 1)), Is.EqualTo(Lightness(DivergingPalette.At(magnitude, 1))).Within(40), "of 255");

    [Test]
    public void At_LargerMagnitude_IsDarker([Values(-1f, 1f)] float sign) =>
        Assert.That(Enumerable.Range(0, 21).Select(tick => Lightness(DivergingPalette.At(sign * tick / 20f, 1))), Is.Ordered.Descending);

    [TestCase(5f, "#67001f")]
    [TestCase(-5f, "#053061")]
    public void At_BeyondTheLimit_IsTheEndOfTheScale(float value, string color) => Assert.That(DivergingPalette.At(value, 1), Is.EqualTo(SKColor.Parse(color)));

    [TestCase(1f)]
    [TestCase(0f)]
    public void At_NaN_IsMagenta(float limit) => Assert.That(DivergingPalette.At(float.NaN, limit), Is.EqualTo(SKColors.Magenta));

    [TestCase(float.PositiveInfinity)]
    [TestCase(float.NegativeInfinity)]
    public void At_Infinity_IsBlack(float value) => Assert.That(DivergingPalette.At(value, 1), Is.EqualTo(SKColors.Black));

    [TestCase(0f)]
    [TestCase(0.5f)]
    public void At_LimitZero_IsTheNeutral(float value) => Assert.That(DivergingPalette.At(value, 0), Is.EqualTo(DivergingPalette.Neutral));

    [Test]
    public void At_SmallestFloats_StayOnTheScale() => Assert.That(DivergingPalette.At(float.Epsilon, float.Epsilon), Is.EqualTo(SKColor.Parse("#67001f")));

    private static double Lightness(SKColor color) => 0.2126 * color.Red + 0.7152 * color.Green + 0.0722 * color.Blue;
}
