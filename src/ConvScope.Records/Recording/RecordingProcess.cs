using System.Diagnostics;
using System.Globalization;

namespace ConvScope.Records.Recording;

/// <summary>The process that writes a record, and whether it still lives.</summary>
internal static class RecordingProcess
{
    private static readonly TimeSpan _clockError = TimeSpan.FromSeconds(2), _longestSilence = TimeSpan.FromMinutes(10);

    /// <summary>Name of this machine, and its processors.</summary>
    public static string Host => $"{Environment.MachineName}, {Environment.ProcessorCount} processors";

    /// <summary>This process: its number and when it began.</summary>
    public static string Describe()
    {
        using var process = Process.GetCurrentProcess();
        return string.Create(CultureInfo.InvariantCulture, $"{process.Id} {process.StartTime.ToUniversalTime():O}");
    }

    /// <summary>Whether the process that a record's metadata names lives; on another machine, whether it wrote of late.</summary>
    /// <param name="metadata">The record's metadata.</param>
    /// <param name="file">The record.</param>
    public static bool IsAlive(IReadOnlyDictionary<string, string> metadata, string file)
    {
        if (metadata.GetValueOrDefault(MetadataNames.Host) != Host || metadata.GetValueOrDefault(MetadataNames.Process)?.Split(' ') is not [var number, var start]
            || !int.TryParse(number, CultureInfo.InvariantCulture, out var id) || !DateTime.TryParse(start, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var began))
            return TimeProvider.System.GetUtcNow().UtcDateTime - LastWrite(file) < _longestSilence;
        try
        {
            using var process = Process.GetProcessById(id);
            return (process.StartTime.ToUniversalTime() - began).Duration() < _clockError; // else its number was given to another one
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

    private static DateTime LastWrite(string file)
    {
        var times = new[] { file, $"{file}-wal" }.Where(File.Exists).Select(File.GetLastWriteTimeUtc).ToArray();
        return times.Length == 0 ? DateTime.MinValue : times.Max();
    }
}
