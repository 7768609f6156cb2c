namespace ConvScope.Records.Recording.Pruning;

/// <summary>Which checkpoints other trainings went on from: those that runs in sight name, and those of which a note lies beside them.</summary>
/// <param name="runs">The runs in sight.</param>
internal sealed class Descent(IEnumerable<RunCost> runs)
{
    private readonly List<(string Folder, RunParent Parent)> _children =
        [.. from run in runs let parent = RunClaim.Read(run.Folder)?.Parent where parent is not null select (run.Folder, parent)];

    /// <summary>Why a checkpoint of an epoch is needed; null where no training is known to have gone on from it.</summary>
    /// <param name="run">The run that wrote it.</param>
    /// <param name="checkpoint">The file.</param>
    /// <param name="epoch">Its epoch.</param>
    public string? Reason(RunCost run, string checkpoint, int epoch)
    {
        foreach (var (folder, parent) in _children)
        {
            if (Path.GetFullPath(parent.Checkpoint) == Path.GetFullPath(checkpoint) || (run.Run.Length > 0 && parent.Run == run.Run && parent.Epoch == epoch))
                return $"'{folder}' goes on from it";
        }

        foreach (var note in ContinuationNote.In(Path.GetDirectoryName(checkpoint)!))
        {
            if (note is null)
                return "a note beside it, of a training that went on from here, cannot be read";
            if (note.Epoch == epoch)
                return $"'{Path.GetFullPath(note.Folder, Path.GetFullPath(Path.GetDirectoryName(checkpoint)!))}' goes on from it";
        }

        return null;
    }
}
