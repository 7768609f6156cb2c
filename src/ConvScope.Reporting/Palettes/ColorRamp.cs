using SkiaSharp;

namespace ConvScope.Reporting.Palettes;

/// <summary>Colours at equal distances, mixed linearly between them.</summary>
internal sealed class ColorRamp(params string[] stops)
{
    private readonly SKColor[] _stops = [.. stops.Select(SKColor.Parse)];

    /// <summary>The colour of a position from 0 to 1.</summary>
    public SKColor At(float position)
    {
        position *= _stops.Length - 1;
        var below = Math.Min((int)position, _stops.Length - 2);
        return Mix(_stops[below], _stops[below + 1], position - below);
    }

    /// <summary>A colour between two.</summary>
    /// <param name="from">The colour at share 0.</param>
    /// <param name="to">The colour at share 1.</param>
    /// <param name="share">Share of <paramref name="to"/>, 0 to 1.</param>
    public static SKColor Mix(SKColor from, SKColor to, float share) => new(Mix(from.Red, to.Red, share), Mix(from.Green, to.Green, share), Mix(from.Blue, to.Blue, share));

    /// <summary>The colour of what is no finite number; null for a number.</summary>
    public static SKColor? OfNonFinite(float value) => float.IsNaN(value) ? SKColors.Magenta : float.IsInfinity(value) ? SKColors.Black : null;

    private static byte Mix(byte from, byte to, float share) => (byte)Math.Round(from + (to - from) * share);
}
