using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace ConvScope.Recording;

/// <summary>Finds a run folder that holds no record yet, and starts one in it.</summary>
internal static partial class RunFolder
{
    /// <summary>Takes the options' folder, or the first of <c>-002</c>, <c>-003</c>, … that holds no record; two processes never get the same.</summary>
    /// <param name="options">Where, and what is kept.</param>
    /// <param name="metadata">What is known of the run at its start.</param>
    /// <param name="logger">Gets one warning where nothing can be written, now or later.</param>
    /// <returns>The writer and its folder; nothing where none could be written.</returns>
    public static (RunRecordWriter? Writer, string? Folder) Claim(InspectionOptions options, IReadOnlyDictionary<string, string> metadata, ILogger logger)
    {
        try
        {
            for (var number = 1; ; number++)
            {
                var folder = number == 1 ? options.Folder : $"{options.Folder.TrimEnd('/', '\\')}-{number:D3}";
                if (!HasRecord(folder) && TryStart(folder, options, metadata, Warn) is { } writer)
                    return (writer, folder);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or SqliteException)
        {
            Warn(exception);
            return default;
        }

        void Warn(Exception exception) => LogUnwritable(logger, options.Folder, exception.Message, exception);
    }

    private static RunRecordWriter? TryStart(string folder, InspectionOptions options, IReadOnlyDictionary<string, string> metadata, Action<Exception> warn)
    {
        try
        {
            return new RunRecordWriter(folder, metadata, warn) { Retention = options.Snapshots };
        }
        catch (IOException) when (HasRecord(folder))
        {
            return null; // another training took the folder in between
        }
    }

    private static bool HasRecord(string folder) => File.Exists(Path.Combine(folder, RecordSchema.FileName));

    [LoggerMessage(Level = LogLevel.Warning, Message = "The record in '{Folder}' cannot be written; the training goes on without it. {Reason}")]
    private static partial void LogUnwritable(ILogger logger, string folder, string reason, Exception exception);
}
