using System.Globalization;
using ConvScope.Records.Recording;
using Microsoft.Data.Sqlite;

namespace ConvScope.Reporting.Curves;

/// <summary>
/// The readings of a run with those of the runs that it goes on from: one line, whoever was interrupted how often. A parent is looked for beside the run alone, and only a record that carries the name which the run gives it is taken:
/// a record that was made to lead elsewhere leads nowhere.
/// </summary>
internal static class Lineage
{
    private const int MostParents = 32;

    /// <summary>The readings of a series in the order of their steps.</summary>
    /// <param name="record">The run.</param>
    /// <param name="series">The series.</param>
    /// <param name="read">Reads those of one record; null for reading all of them anew.</param>
    public static IReadOnlyList<Reading> Readings(RunRecord record, Series series, Func<RunRecord, Series, IReadOnlyList<Reading>>? read = null)
    {
        read ??= static (one, which) => one.Read(which.Quantity, which.Target);
        return WithParents<IReadOnlyList<Reading>>(record, one => read(one, series),
            static (before, own, firstStep) => before.Count == 0 ? own : [.. before.TakeWhile(reading => reading.Step < firstStep), .. own], MostParents);
    }

    /// <summary>When the steps were made.</summary>
    public static RunClock Clock(RunRecord record) => WithParents(record, RunClock.Of, static (before, own, firstStep) => own.After(before, firstStep), MostParents);

    private static T WithParents<T>(RunRecord record, Func<RunRecord, T> read, Func<T, T, long, T> join, int left)
    {
        var own = read(record);
        if (left == 0)
            return own;
        try
        {
            using var parent = Parent(record, out var firstStep);
            return parent is null ? own : join(WithParents(parent, read, join, left - 1), own, firstStep);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SqliteException)
        {
            return own; // the parent cannot be read; the run can
        }
    }

    private static RunRecord? Parent(RunRecord record, out long firstStep)
    {
        firstStep = 0;
        var metadata = record.ReadMetadata();
        if (metadata.GetValueOrDefault(MetadataNames.ParentRun) is not { Length: > 0 } run || metadata.GetValueOrDefault(MetadataNames.ParentCheckpoint) is not { } checkpoint
            || !long.TryParse(metadata.GetValueOrDefault(MetadataNames.ParentStep), CultureInfo.InvariantCulture, out firstStep))
            return null;
        var own = Path.GetFullPath(record.Folder);
        var folder = Path.GetFullPath(Path.Combine(own, checkpoint, "..", ".."));
        if (Path.GetDirectoryName(folder) != Path.GetDirectoryName(own) || folder == own || new DirectoryInfo(folder) is not { Exists: true, LinkTarget: null }
            || new FileInfo(Path.Combine(folder, RecordSchema.FileName)) is not { Exists: true, LinkTarget: null })
            return null;
        var parent = RunRecord.Open(folder);
        if (parent.ReadMetadata().GetValueOrDefault(MetadataNames.Run) == run)
            return parent;
        parent.Dispose();
        return null;
    }
}
