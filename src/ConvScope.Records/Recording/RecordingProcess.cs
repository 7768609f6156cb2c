using System.Diagnostics;
using System.Globalization;

namespace ConvScope.Records.Recording;

/// <summary>The process that writes a record, and whether it still lives.</summary>
internal static class RecordingProcess
{
    /// <summary>From one sign of life to the next.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan _clockError = TimeSpan.FromSeconds(2), _longestPause = TimeSpan.FromMinutes(2), _longestSilence = TimeSpan.FromMinutes(10);

    /// <summary>Name of this machine, and its processors.</summary>
    public static string Host => $"{Environment.MachineName}, {Environment.ProcessorCount} processors";

    /// <summary>This process: its number and when it began.</summary>
    public static string Describe()
    {
        using var process = Process.GetCurrentProcess();
        return string.Create(CultureInfo.InvariantCulture, $"{process.Id} {process.StartTime.ToUniversalTime():O}");
    }

    /// <summary>The space in which this process has its number; empty where there are none.</summary>
    public static string Space { get; } = OperatingSystem.IsLinux() && File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false) is { } space ? space.Name : "";

    /// <summary>
    /// Whether the process that a record's metadata names lives. Its number says so only where it counts, on the same machine and in the same space of processes; else what was written of late does: two containers
    /// may have one host name.
    /// </summary>
    /// <param name="metadata">The record's metadata.</param>
    /// <param name="file">The record.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public static bool IsAlive(IReadOnlyDictionary<string, string> metadata, string file, TimeProvider? time = null)
    {
        var isHere = metadata.GetValueOrDefault(MetadataNames.Host) == Host && metadata.GetValueOrDefault(MetadataNames.ProcessSpace, Space) == Space;
        if (isHere && metadata.GetValueOrDefault(MetadataNames.Process)?.Split(' ') is [var number, var start]
            && int.TryParse(number, CultureInfo.InvariantCulture, out var id) && DateTime.TryParse(start, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var began))
            return Lives(id, began);
        var now = (time ?? TimeProvider.System).GetUtcNow().UtcDateTime;
        return metadata.TryGetValue(MetadataNames.Heartbeat, out var text) && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var beat)
            ? now - Latest(beat.ToUniversalTime(), LastWrite(file)) < _longestPause
            : now - LastWrite(file) < _longestSilence;
    }

    private static bool Lives(int id, DateTime began)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return (process.StartTime.ToUniversalTime() - began).Duration() < _clockError && !HasEnded(id); // else its number was given to another one
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return true; // it lives, and belongs to somebody else
        }
    }

    /// <summary>Whether a process that still has its number has ended: whoever started it has not asked how, as in a container whose first process asks nobody.</summary>
    private static bool HasEnded(int id)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat")); // 1234 (name) Z …
            return text.AsSpan(text.LastIndexOf(')') + 1).TrimStart() is ['Z' or 'X' or 'x', ..];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static DateTime Latest(DateTime one, DateTime other) => one > other ? one : other;

    private static DateTime LastWrite(string file)
    {
        var times = new[] { file, $"{file}-wal" }.Where(File.Exists).Select(File.GetLastWriteTimeUtc).ToArray();
        return times.Length == 0 ? DateTime.MinValue : times.Max();
    }
}
