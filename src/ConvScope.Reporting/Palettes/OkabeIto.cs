using SkiaSharp;

namespace ConvScope.Reporting.Palettes;

/// <summary>Colours for categories that people with any colour vision can tell apart. Source: Okabe and Ito, "Color universal design", 2008.</summary>
internal static class OkabeIto
{
    private static readonly SKColor[] _colors =
        [.. new[] { "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#B8A500", "#000000" }.Select(SKColor.Parse)];

    /// <summary>The colour of a category; from the ninth on they repeat, darker.</summary>
    public static SKColor At(int index)
    {
        var color = _colors[index % _colors.Length];
        var round = index / _colors.Length;
        return round == 0 ? color : new SKColor((byte)(color.Red >> round), (byte)(color.Green >> round), (byte)(color.Blue >> round));
    }
}
