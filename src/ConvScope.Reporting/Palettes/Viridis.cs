using SkiaSharp;

namespace ConvScope.Reporting.Palettes;

/// <summary>Colours for values that are not negative: viridis with eleven stops, zero at the dark end. NaN is magenta, an infinity black.</summary>
internal static class Viridis
{
    private static readonly ColorRamp _ramp = new("#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26", "#fde725");

    /// <summary>The colour of a value on a scale from 0 to <paramref name="limit"/>; what lies outside gets the colour of the end.</summary>
    /// <param name="value">The value.</param>
    /// <param name="limit">End of the scale, positive; 0 where all values are zero.</param>
    public static SKColor At(float value, float limit) => ColorRamp.OfNonFinite(value) ?? _ramp.At(limit > 0 ? Math.Clamp(value / limit, 0f, 1f) : 0);
}
