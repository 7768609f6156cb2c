namespace ConvScope;

/// <summary>Files that lie beside the repository, in a folder <c>shared</c> on the way up, and are no part of it.</summary>
public static class SharedFiles
{
    /// <summary>Path of a file; null where it is not there.</summary>
    public static string? Find(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, "shared", path) is var file && File.Exists(file))
                return file;
        }

        return null;
    }
}
