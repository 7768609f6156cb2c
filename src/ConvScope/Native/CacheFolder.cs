using ConvScope.Records.Files;

namespace ConvScope.Native;

/// <summary>Where downloads and prepared libraries are kept: <c>CONVSCOPE_CACHE</c>, else <c>convscope</c> in the user's cache folder.</summary>
internal static class CacheFolder
{
    /// <summary>Name of the environment variable that overrides the place.</summary>
    public const string Variable = "CONVSCOPE_CACHE";

    /// <summary>The folder; it need not exist yet.</summary>
    public static string Path
    {
        get
        {
            if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen)
                return System.IO.Path.GetFullPath(chosen);
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            var users = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : OperatingSystem.IsMacOS() ? System.IO.Path.Combine(home, "Library", "Caches")
                : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
                : System.IO.Path.Combine(home, ".cache");
            return System.IO.Path.Combine(users, "convscope");
        }
    }

    /// <summary>Writes a file beside its place and renames it, so that two processes may do so at once and nobody sees half of it.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        var bytes = content.ToArray();
        WholeFile.Write(path, stream => stream.Write(bytes));
    }
}
