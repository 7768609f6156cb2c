using ConvScope.Records.Checkpoints;
using ConvScope.Records.Files;

namespace ConvScope.Records.Recording.Pruning;

/// <summary>
/// Says what would go of runs that are thinned. Of snapshots and checkpoints alone, of runs that are over alone, and of those only files that this run is known to have written:
/// a snapshot by its name in the run's own folder, a checkpoint by the run that it names itself. The first and the last snapshot of a kind, the best and the last checkpoint, and those that another training goes on from stay.
/// </summary>
internal static class RunPruning
{
    /// <summary>What goes of each run; runs of which nothing goes and nothing is kept for a reason are left out.</summary>
    /// <param name="runs">All runs in sight, since one may go on from another.</param>
    /// <param name="options">What is kept.</param>
    public static IReadOnlyList<RunThinning> Plan(IReadOnlyList<RunCost> runs, PruneOptions options)
    {
        options.Validate();
        var descent = new Descent(runs);
        return [.. runs.Where(run => run.Untouchable is null).Select(run => Plan(run, options, descent)).Where(thinning => !thinning.IsEmpty || thinning.Kept.Count > 0)];
    }

    private static RunThinning Plan(RunCost run, PruneOptions options, Descent descent)
    {
        var (rows, files, kept) = (new List<string>(), new List<RunFile>(), new List<(string, string)>());
        if (options.KeepSnapshots is { } snapshots)
            PlanSnapshots(run, new Retention { Last = snapshots }, rows, files);
        if (options.KeepCheckpoints is { } checkpoints)
            PlanCheckpoints(run, checkpoints, descent, files, kept);
        return new RunThinning(run, rows, files, kept);
    }

    private static void PlanSnapshots(RunCost run, Retention retention, List<string> rows, List<RunFile> files)
    {
        var present = run.Files.Where(file => file.Part == RunPart.Snapshots).ToDictionary(file => $"{RecordSchema.SnapshotFolder}/{file.Name}");
        foreach (var kind in run.Snapshots.GroupBy(snapshot => snapshot.Kind))
        {
            var discarded = retention.Discarded([.. kind.Select(snapshot => snapshot.Epoch)]).ToHashSet();
            foreach (var (_, _, file) in kind.Where(snapshot => discarded.Contains(snapshot.Epoch)))
            {
                if (present.TryGetValue(file, out var found))
                    files.Add(found);
                if (found is not null || !Path.Exists(Path.Combine(run.Folder, file))) // a link stays, and what names it
                    rows.Add(file);
            }
        }

        var names = run.Snapshots.Select(snapshot => snapshot.File).ToHashSet(StringComparer.Ordinal);
        files.AddRange(present.Where(file => !names.Contains(file.Key)).Select(file => file.Value)); // a process that was killed left them
    }

    private static void PlanCheckpoints(RunCost run, int beside, Descent descent, List<RunFile> files, List<(string Path, string Reason)> kept)
    {
        foreach (var place in run.Files.Where(file => file.Part == RunPart.Checkpoints).GroupBy(file => Path.GetDirectoryName(file.Path)))
        {
            files.AddRange(place.Where(file => file.IsHalf));
            var epochs = place.Where(file => !file.IsHalf).Select(file => (File: file, Epoch: RunFiles.EpochOf(file.Name))).Where(one => one.Epoch is not null).OrderByDescending(one => one.Epoch);
            foreach (var (file, epoch) in epochs.Skip(1 + beside))
            {
                if ((descent.Reason(run, file.Path, epoch!.Value) ?? Stranger(run, file.Path)) is { } reason)
                    kept.Add((file.Path, reason));
                else
                    files.Add(file);
            }
        }
    }

    /// <summary>Why a checkpoint is not known to be the run's own; null where it is.</summary>
    private static string? Stranger(RunCost run, string path)
    {
        try
        {
            using var checkpoint = Checkpoint.Open(path);
            var writer = (checkpoint.Root as IReadOnlyDictionary<object, object?>)?.GetValueOrDefault("run") as string;
            return writer is null ? "it does not say which run wrote it" : writer != run.Run ? "another run wrote it" : null;
        }
        catch (Exception exception) when (exception is DamagedFileException or IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return $"it cannot be read: {exception.Message}";
        }
    }
}
