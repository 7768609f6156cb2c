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

    /// <summary>Archive and member; the member is empty for a path that names a plain file or a whole archive. The archive is the first part that is a file, else what is before the first separator.</summary>
    public static (string Path, string Member) Split(string path)
    {
        var first = path.IndexOf(Separator, StringComparison.Ordinal);
        if (first <= 0 || System.IO.Path.Exists(path))
            return (path, "");
        for (var at = first; at > 0; at = path.IndexOf(Separator, at + 1, StringComparison.Ordinal))
        {
            if (File.Exists(path[..at]))
                return (path[..at], path[(at + Separator.Length)..]);
        }

        return (path[..first], path[(first + Separator.Length)..]);
    }

    /// <summary>
    /// The name of a member, with forward slashes and nothing but names between them. Members are read at their places in the archive and never written to the disk, so a name may have colons, backslashes and line breaks.
    /// </summary>
    /// <exception cref="DamagedFileException">It points outside of the archive, or no file could have it; nothing of such an archive is trusted.</exception>
    public static string Checked(string archive, string name, bool isFolder = false)
    {
        var slashed = name.Replace('\\', '/');
        var plain = string.Join('/', slashed.Split('/').Where(part => part is not ("" or ".")));
        if (slashed.StartsWith('/') || IsDrive(slashed) || plain.Split('/').Contains(".."))
            throw Refused(archive, name, "which points outside of it");
        if (plain.Contains('\0') || (plain.Length == 0 && !isFolder))
            throw Refused(archive, name, "which no file can be called");
        return plain;
    }

    /// <summary>Whether a name begins with a drive of Windows, <c>C:/</c>.</summary>
    private static bool IsDrive(string name) => name.Length >= 3 && char.IsAsciiLetter(name[0]) && name[1] == ':' && name[2] == '/';

    private static DamagedFileException Refused(string archive, string name, string why)
    {
        var shown = ShownPath.Of(name[..Math.Min(name.Length, 200)]);
        return new DamagedFileException(archive, $"'{archive}' has a member '{shown}', {why}; the archive is refused.") { Place = shown };
    }
}
