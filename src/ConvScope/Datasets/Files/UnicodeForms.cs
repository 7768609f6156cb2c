using System.Text;

namespace ConvScope.Datasets.Files;

/// <summary>Names that look the same and are not: an accented letter may be one code point or two.</summary>
internal static class UnicodeForms
{
    /// <summary>Pairs of names, each with the first of those before it that differs from it only in its Unicode form.</summary>
    public static IEnumerable<(string First, string Second)> Twins(IEnumerable<string> names)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!seen.TryAdd(Composed(name), name))
                yield return (seen[Composed(name)], name);
        }
    }

    /// <summary>The first of some names that differs from another one only in its Unicode form; null for none.</summary>
    public static string? Twin(string name, IEnumerable<string> others) => others.FirstOrDefault(other => !string.Equals(name, other, StringComparison.Ordinal) && Composed(name) == Composed(other));

    /// <summary>A name with the code points of its letters beyond ASCII: <c>'é' (U+0065 U+0301)</c>.</summary>
    public static string Describe(string name)
    {
        var runes = name.EnumerateRunes().ToArray();
        var spelt = runes.Index().Where(rune => !rune.Item.IsAscii || (rune.Index + 1 < runes.Length && Rune.GetUnicodeCategory(runes[rune.Index + 1]) == System.Globalization.UnicodeCategory.NonSpacingMark));
        return $"'{ShownPath.Of(name)}' ({string.Join(' ', spelt.Select(rune => $"U+{rune.Item.Value:X4}"))})";
    }

    /// <summary>The name with every mark joined to the letter before it where both are one letter.</summary>
    private static string Composed(string name)
    {
        var composed = new StringBuilder(name.Length);
        foreach (var letter in name)
        {
            if (composed.Length > 0 && UnicodeCompositions.Compose(composed[^1], letter) is { } both)
                composed[^1] = both;
            else
                composed.Append(letter);
        }

        return composed.ToString();
    }
}
