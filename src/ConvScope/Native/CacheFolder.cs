using System.Runtime.InteropServices;
using ConvScope.Records.Files;

namespace ConvScope.Native;

/// <summary>
/// Where downloads and prepared libraries are kept: <c>CONVSCOPE_CACHE</c>, else <c>convscope</c> in the user's cache folder, else, for a user without a home as in many containers, a folder of the user's own among the
/// temporary files.
/// </summary>
internal static partial class CacheFolder
{
    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly Lazy<string> _default = new(() => Choose(OfUser(), System.IO.Path.GetTempPath()));


    /// <summary>Name of the environment variable that overrides the place.</summary>
    public const string Variable = "CONVSCOPE_CACHE";

    /// <summary>The folder; it need not exist yet.</summary>
    public static string Path => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen ? System.IO.Path.GetFullPath(chosen) : _default.Value;

    /// <summary>The first folder that is there or can be made: one that is there may hold what is needed although it cannot be written.</summary>
    /// <param name="wanted">The user's.</param>
    /// <param name="temporary">Where temporary files lie.</param>
    internal static string Choose(string wanted, string temporary)
    {
        if (OperatingSystem.IsWindows() || CanBeMade(wanted))
            return wanted;
        var own = System.IO.Path.Combine(temporary, $"convscope-{UserId()}");
        try
        {
            Directory.CreateDirectory(own, OwnersAlone);
            File.SetUnixFileMode(own, OwnersAlone); // fails for a folder that another user has put there
            return own;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return wanted; // whoever writes there says why it cannot be done
        }
    }

    private static string OfUser()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var users = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? System.IO.Path.Combine(home, "Library", "Caches")
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : System.IO.Path.Combine(home, ".cache");
        return System.IO.Path.Combine(users, "convscope");
    }

    private static bool CanBeMade(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint UserId();

    /// <summary>Writes a file beside its place and renames it, so that two processes may do so at once and nobody sees half of it.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        var bytes = content.ToArray();
        WholeFile.Write(path, stream => stream.Write(bytes));
    }
}
