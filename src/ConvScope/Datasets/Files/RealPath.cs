namespace ConvScope.Datasets.Files;

/// <summary>Where a path leads once every link on it is followed.</summary>
internal static class RealPath
{
    private const int MostLinks = 40; // as Linux has it

    /// <summary>The path without links; null where it leads to nothing, or round in a circle.</summary>
    public static string? Of(string path)
    {
        var links = 0;
        var left = new Stack<string>(Parts(Path.GetFullPath(path)).Reverse());
        var real = Path.GetPathRoot(Path.GetFullPath(path))!;
        while (left.TryPop(out var part))
        {
            var next = Path.Combine(real, part);
            FileSystemInfo entry = new FileInfo(next);
            if (!entry.Exists)
                entry = new DirectoryInfo(next);
            if (entry.LinkTarget is not { } target)
            {
                if (!entry.Exists)
                    return null;
                real = next;
                continue;
            }

            if (++links > MostLinks)
                return null;
            var absolute = Path.GetFullPath(target, real);
            real = Path.GetPathRoot(absolute)!;
            foreach (var further in Parts(absolute).Reverse())
                left.Push(further);
        }

        return real;
    }

    /// <summary>Whether a folder is another one or above it; both without links.</summary>
    public static bool IsAtOrAbove(string folder, string other) =>
        other.Equals(folder, StringComparison.Ordinal) || other.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string[] Parts(string path) => path[Path.GetPathRoot(path)!.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
}
