namespace ConvScope.Inspection;

/// <summary>Finds the commit that a folder's working tree stands on, by reading git's own files.</summary>
internal static class GitCommit
{
    private const int HashLength = 40;

    /// <summary>The commit's hash; null where the folder lies in no working tree, or git's files are not as expected.</summary>
    public static string? Find(string folder)
    {
        try
        {
            for (var place = new DirectoryInfo(folder); place is not null; place = place.Parent)
            {
                var git = Path.Combine(place.FullName, ".git");
                if (File.Exists(git) && File.ReadAllText(git) is var link && link.StartsWith("gitdir: ", StringComparison.Ordinal)) // a worktree
                    return Resolve(Path.GetFullPath(link["gitdir: ".Length..].Trim(), place.FullName));
                if (Directory.Exists(git))
                    return Resolve(git);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // no commit is better than no record
        }

        return null;
    }

    private static string? Resolve(string git)
    {
        var head = File.ReadAllText(Path.Combine(git, "HEAD")).Trim();
        if (!head.StartsWith("ref: ", StringComparison.Ordinal))
            return IsHash(head) ? head : null;
        var name = head["ref: ".Length..];
        var common = Path.Combine(git, "commondir");
        string[] folders = File.Exists(common) ? [git, Path.GetFullPath(File.ReadAllText(common).Trim(), git)] : [git];
        foreach (var file in folders.Select(folder => Path.Combine(folder, name)).Where(File.Exists))
            return File.ReadAllText(file).Trim() is var hash && IsHash(hash) ? hash : null;
        return folders.Select(folder => Path.Combine(folder, "packed-refs")).Where(File.Exists).SelectMany(File.ReadLines)
            .FirstOrDefault(line => line.EndsWith(" " + name, StringComparison.Ordinal))?[..HashLength];
    }

    private static bool IsHash(string text) => text.Length == HashLength && text.All(char.IsAsciiHexDigit);
}
