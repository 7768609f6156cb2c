using SkiaSharp;

namespace ConvScope.Reporting.Palettes;

/// <summary>
/// Colours for signed values: blue below zero, red above, and exactly zero is exactly the neutral grey. ColorBrewer's RdBu with eleven stops, reversed. NaN is magenta,
/// an infinity black.
/// </summary>
internal static class DivergingPalette
{
    private static readonly ColorRamp _ramp = new("#053061", "#2166ac", "#4393c3", "#92c5de", "#d1e5f0", "#f7f7f7", "#fddbc7", "#f4a582", "#d6604d", "#b2182b", "#67001f");

    /// <summary>The colour of zero.</summary>
    public static SKColor Neutral { get; } = SKColor.Parse("#f7f7f7");

    /// <summary>The colour of a value on a scale from −<paramref name="limit"/> to +<paramref name="limit"/>; what lies outside gets the colour of the end.</summary>
    /// <param name="value">The value.</param>
    /// <param name="limit">End of the scale, positive; 0 where all values are zero.</param>
    public static SKColor At(float value, float limit)
    {
        if (ColorRamp.OfNonFinite(value) is { } color)
            return color;
        return value == 0 || limit <= 0 ? Neutral : _ramp.At((Math.Clamp(value / limit, -1f, 1f) + 1) / 2);
    }
}
