using System.Text;

namespace ConvScope.Datasets.Files;

/// <summary>Paths as messages show them: on one line, and with nothing that a terminal would take for a command.</summary>
internal static class ShownPath
{
    /// <summary>The path, with control characters as <c>\n</c> or <c>\u001b</c>; most paths are themselves.</summary>
    public static string Of(string path)
    {
        if (!path.Any(char.IsControl))
            return path;
        var shown = new StringBuilder();
        foreach (var letter in path)
            shown.Append(letter switch { '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", _ when char.IsControl(letter) => $"\\u{(int)letter:x4}", _ => letter.ToString() });
        return shown.ToString();
    }
}
