using System.Globalization;
using ConvScope.Records.Files;
using ConvScope.Records.Recording;
using Microsoft.Data.Sqlite;

namespace ConvScope.Reporting.Views;

/// <summary>
/// The curves of a run with those of the runs that it goes on from: one line, whoever was interrupted how often. A parent is looked for beside the run alone, and only a record that carries the name which the run gives it is taken:
/// a record that was made to lead elsewhere leads nowhere.
/// </summary>
internal static class Lineage
{
    private const int MostParents = 32;

    /// <summary>The readings of a series.</summary>
    /// <param name="record">The run.</param>
    /// <param name="series">The series.</param>
    /// <param name="after">Only larger steps; −1 for all, which includes those of the parents.</param>
    /// <param name="points">Most points of each run.</param>
    /// <param name="clock">The run's times.</param>
    public static SeriesView Series(RunRecord record, Series series, long after, int points, StepClock clock)
    {
        var own = Of(record, series, after, points, clock);
        return after >= 0 ? own : WithParents(record, series, points, own, MostParents);
    }

    private static SeriesView WithParents(RunRecord record, Series series, int points, SeriesView own, int left)
    {
        if (left == 0)
            return own;
        try
        {
            using var parent = Parent(record, out var firstStep);
            if (parent is null)
                return own;
            var clock = StepClock.Of(parent);
            var before = WithParents(parent, series, points, Of(parent, series, -1, points, clock), left - 1);
            var count = before.Step.Count(step => step < firstStep);
            var seconds = count == 0 ? 0 : before.Seconds[count - 1];
            return new SeriesView(
                [.. before.Step.Take(count), .. own.Step], [.. before.Epoch.Take(count), .. own.Epoch],
                [.. before.Seconds.Take(count), .. own.Seconds.Select(second => seconds + second)], [.. before.Value.Take(count), .. own.Value]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SqliteException)
        {
            return own; // the parent cannot be read; the run can
        }
    }

    private static SeriesView Of(RunRecord record, Series series, long after, int points, StepClock clock) =>
        SeriesView.Of(Thinning.LargestTriangles(record.Read(series.Quantity, series.Target, after), points), clock);

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
