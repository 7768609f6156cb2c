using SkiaSharp;

namespace ConvScope.Reporting.Palettes;

/// <summary>
/// Colours for signed values: blue below zero, red above, and exactly zero is exactly the neutral grey. ColorBrewer's RdBu with eleven stops, reversed. NaN is magenta,
/// an infinity black.
/// </summary>
internal static class DivergingPalette
{
    private static readonly SKColor[] _stops =
        [.. new[] { "#053061", "#2166ac", "#4393c3", "#92c5de", "#d1e5f0", "#f7f7f7", "#fddbc7", "#f4a582", "#d6604d", "#b2182b", "#67001f" }.Select(SKColor.Parse)];

    /// <summary>The colour of zero.</summary>
    public static SKColor Neutral => _stops[5];

    /// <summary>The colour of a value on a scale from −<paramref name="limit"/> to +<paramref name="limit"/>; what lies outside gets the colour of the end.</summary>
    /// <param name="value">The value.</param>
    /// <param name="limit">End of the scale, positive; 0 where all values are zero.</param>
    public static SKColor At(float value, float limit)
    {
        if (float.IsNaN(value))
            return SKColors.Magenta;
        if (float.IsInfinity(value))
            return SKColors.Black;
        if (value == 0 || limit <= 0)
            return Neutral;
        var position = (Math.Clamp(value / limit, -1f, 1f) + 1) * 5; // 0..10
        var below = Math.Min((int)position, 9);
        var share = position - below;
        SKColor from = _stops[below], to = _stops[below + 1];
        return new SKColor(Mix(from.Red, to.Red, share), Mix(from.Green, to.Green, share), Mix(from.Blue, to.Blue, share));
    }

    private static byte Mix(byte from, byte to, float share) => (byte)Math.Round(from + (to - from) * share);
}
