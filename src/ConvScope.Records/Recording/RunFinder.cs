namespace ConvScope.Records.Recording;

/// <summary>Looks for runs in a folder. Links are not followed.</summary>
internal static class RunFinder
{
    private static readonly EnumerationOptions _noLinks = new() { RecurseSubdirectories = true, MaxRecursionDepth = 8, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };

    /// <summary>The folders with a record, at most eight folders deep; none where there is no such folder.</summary>
    public static IEnumerable<string> Records(string root) => Holding(root, RecordSchema.FileName);

    /// <summary>The folders that a run has claimed, with a record or without.</summary>
    public static IEnumerable<string> Claims(string root) => Holding(root, RunDirectory.ClaimName);

    private static IEnumerable<string> Holding(string root, string file) =>
        Directory.Exists(root) ? Directory.EnumerateFiles(root, file, _noLinks).Select(path => Path.GetDirectoryName(path)!) : [];
}
