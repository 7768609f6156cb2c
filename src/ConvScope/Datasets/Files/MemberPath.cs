using ConvScope.Records.Files;

namespace ConvScope.Datasets.Files;

/// <summary>
/// Paths of files in archives, as one text: <c>images.tar!/n01440764/one.jpg</c>. An existing file or folder of exactly that name comes first; else what is before the first <c>!/</c> names the archive.
/// </summary>
internal static class MemberPath
{
    private const string Separator = "!/";

    /// <summary>Archive and member as one text.</summary>
    public static string Join(string archive, string member) => archive + Separator + member;

    /// <summary>Archive and member; the member is empty for a path that names a plain file or a whole archive.</summary>
    public static (string Path, string Member) Split(string path)
    {
        var at = path.IndexOf(Separator, StringComparison.Ordinal);
        return at <= 0 || System.IO.Path.Exists(path) ? (path, "") : (path[..at], path[(at + Separator.Length)..]);
    }

    /// <summary>The name of a member, with forward slashes and without a leading <c>./</c>.</summary>
    /// <exception cref="DamagedFileException">It points outside of the archive, or no file could have it; nothing of such an archive is trusted.</exception>
    public static string Checked(string archive, string name)
    {
        var plain = name.Replace('\\', '/');
        while (plain.StartsWith("./", StringComparison.Ordinal))
            plain = plain[2..];
        if (plain.Length == 0 || plain[0] == '/' || plain.Contains(':') || plain.Split('/').Contains(".."))
            throw new DamagedFileException(archive, $"'{archive}' has a member '{Printable(name)}', which points outside of it; the archive is refused.") { Place = Printable(name) };
        if (plain.Any(char.IsControl))
            throw new DamagedFileException(archive, $"'{archive}' has a member '{Printable(name)}' with control characters in its name; the archive is refused.") { Place = Printable(name) };
        return plain;
    }

    private static string Printable(string name) => string.Concat(name.Take(200).Select(letter => char.IsControl(letter) ? '?' : letter));
}
