using Microsoft.Data.Sqlite;

namespace ConvScope.Records.Recording;

/// <summary>Finds a run folder that holds no record yet, and starts one in it.</summary>
internal static class RunFolder
{
    /// <summary>Takes a folder, or the first of <c>-002</c>, <c>-003</c>, … that holds no record; two processes never get the same.</summary>
    /// <param name="wanted">The folder.</param>
    /// <param name="snapshots">Which snapshots are kept.</param>
    /// <param name="metadata">What is known of the run at its start.</param>
    /// <param name="warn">Told once where nothing can be written, now or later.</param>
    /// <returns>The writer and its folder; nothing where none could be written.</returns>
    public static (RunRecordWriter? Writer, string? Folder) Claim(string wanted, Retention snapshots, IReadOnlyDictionary<string, string> metadata, Action<Exception> warn)
    {
        try
        {
            for (var number = 1; ; number++)
            {
                var folder = number == 1 ? wanted : $"{wanted.TrimEnd('/', '\\')}-{number:D3}";
                if (!HasRecord(folder) && TryStart(folder, snapshots, metadata, warn) is { } writer)
                    return (writer, folder);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or SqliteException)
        {
            warn(exception);
            return default;
        }
    }

    private static RunRecordWriter? TryStart(string folder, Retention snapshots, IReadOnlyDictionary<string, string> metadata, Action<Exception> warn)
    {
        try
        {
            return new RunRecordWriter(folder, metadata, warn) { Retention = snapshots };
        }
        catch (IOException) when (HasRecord(folder))
        {
            return null; // another training took the folder in between
        }
    }

    private static bool HasRecord(string folder) => File.Exists(Path.Combine(folder, RecordSchema.FileName));
}
