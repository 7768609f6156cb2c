using System.Globalization;

namespace ConvScope.Records.Files;

/// <summary>Sizes of files in words: <c>500 MB</c>, with units of 1000, or <c>512 MiB</c>, with units of 1024, where somebody writes them.</summary>
internal static class ByteSize
{
    private static readonly (string Name, double Bytes)[] _units =
        [("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("KB", 1e3), ("B", 1), ("", 1)];

    /// <summary>A size for people, in units of 1000: <c>999 B</c>, <c>1.2 KB</c>, <c>345 MB</c>.</summary>
    public static string Text(long bytes)
    {
        var (name, unit) = _units.FirstOrDefault(unit => unit.Name is "TB" or "GB" or "MB" or "KB" && bytes >= unit.Bytes, ("B", 1));
        var count = bytes / unit;
        return string.Create(CultureInfo.InvariantCulture, $"{count.ToString(count < 9.95 && unit > 1 ? "F1" : "F0", CultureInfo.InvariantCulture)} {name}");
    }

    /// <summary>The bytes of a size such as <c>1500000</c>, <c>500 MB</c> or <c>1.5GiB</c>.</summary>
    /// <returns>Whether it is one, of at least a byte.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        var digits = text.TrimEnd([.. "KMGTBikmgtb"]).TrimEnd();
        var name = text[digits.Length..].Trim();
        var unit = _units.FirstOrDefault(unit => unit.Name.Equals(name, StringComparison.OrdinalIgnoreCase), ("", 0)).Bytes;
        var isNumber = double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count);
        bytes = isNumber && count * unit is >= 1 and < long.MaxValue ? (long)(count * unit) : 0;
        return bytes > 0;
    }
}
