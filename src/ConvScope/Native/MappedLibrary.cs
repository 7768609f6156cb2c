namespace ConvScope.Native;

/// <summary>Which file of a library this process has in its memory (Linux).</summary>
internal static class MappedLibrary
{
    /// <summary>Path of the first file of that name; null where there is none.</summary>
    /// <param name="maps">The process's memory, as <c>/proc/self/maps</c> lists it.</param>
    /// <param name="name">File name.</param>
    public static string? Find(string maps, string name) => maps.Split('\n')
        .Select(line => line.IndexOf('/') is >= 0 and var start ? line[start..] : "")
        .Select(path => path.EndsWith(" (deleted)", StringComparison.Ordinal) ? path[..^" (deleted)".Length] : path)
        .FirstOrDefault(path => Path.GetFileName(path) == name);

    /// <summary>The path under which the system lists a file, links followed; null where it cannot be opened.</summary>
    public static string? Canonical(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return File.ResolveLinkTarget($"/proc/self/fd/{file.DangerousGetHandle()}", returnFinalTarget: false)?.FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
