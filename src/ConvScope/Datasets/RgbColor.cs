using System.Globalization;

namespace ConvScope.Datasets;

/// <summary>A colour of 8 bits a channel.</summary>
/// <param name="Red">Red, 0 to 255.</param>
/// <param name="Green">Green, 0 to 255.</param>
/// <param name="Blue">Blue, 0 to 255.</param>
public readonly record struct RgbColor(byte Red, byte Green, byte Blue)
{
    /// <summary>No light.</summary>
    public static RgbColor Black => default;

    /// <summary>All light.</summary>
    public static RgbColor White => new(255, 255, 255);

    /// <summary>Reads a colour.</summary>
    /// <param name="text"><c>black</c>, <c>white</c>, or six hexadecimal digits such as <c>#ff8000</c>; the sign may be left out.</param>
    /// <exception cref="FormatException">The text is something else.</exception>
    public static RgbColor Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.ToLowerInvariant() switch
        {
            "black" => Black,
            "white" => White,
            _ when text.TrimStart('#') is { Length: 6 } digits && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
                => new RgbColor((byte)(value >> 16), (byte)(value >> 8), (byte)value),
            _ => throw new FormatException($"'{text}' is no colour; it is black, white, or six hexadecimal digits such as #ff8000."),
        };
    }

    /// <summary>The colour as <see cref="Parse"/> reads it.</summary>
    public override string ToString() => $"#{Red:x2}{Green:x2}{Blue:x2}";
}
