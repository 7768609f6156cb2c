using ConvScope.Records.Checkpoints;
using ConvScope.Records.Files;
using ConvScope.Records.Recording;

namespace ConvScope.Training.Saving;

/// <summary>
/// The way from a folder of checkpoints to the one in which a later training went on from them. A note lies in the folder that was gone on from: what was trained there after that checkpoint is an abandoned branch,
/// and who resumes from the folder gets the newer state.
/// </summary>
internal static class Continuation
{
    /// <summary>Leaves a note, where the folder can be written.</summary>
    /// <param name="folder">The checkpoints of the training that goes on.</param>
    /// <param name="origin">What it goes on from.</param>
    public static void Note(string folder, TrainingOrigin origin)
    {
        if (origin.Parent is not { } parent)
            return;
        var home = Path.GetDirectoryName(parent.Checkpoint)!;
        var note = new ContinuationNote(origin.Run, Path.GetRelativePath(home, Path.GetFullPath(folder)), parent.Epoch, TimeProvider.System.GetUtcNow());
        try
        {
            note.Write(home);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // an archive that is read-only is gone on from all the same; the checkpoints themselves name their parent
        }
    }

    /// <summary>
    /// The folder of the newest training that goes on from those of a folder, or the folder itself. What lies in the place that a note names counts only where that training wrote it: another one may have the folder by now.
    /// </summary>
    /// <param name="folder">A folder of checkpoints, or a run folder with one in it.</param>
    public static string Newest(string folder)
    {
        if (!CheckpointFolder.Epochs(folder).Any() && Directory.Exists(Path.Combine(folder, "checkpoints")))
            folder = Path.Combine(folder, "checkpoints");
        for (var seen = new HashSet<string>(StringComparer.Ordinal); seen.Add(Path.GetFullPath(folder));)
        {
            var notes = ContinuationNote.In(folder).OfType<ContinuationNote>().OrderByDescending(note => note.Started);
            var places = notes.Select(note => (note.Run, Folder: Path.GetRelativePath(".", Path.Combine(folder, note.Folder))));
            folder = places.FirstOrDefault(place => CheckpointFolder.Epochs(place.Folder).Any(file => IsOf(place.Run, file))).Folder ?? folder;
        }

        return folder;
    }

    private static bool IsOf(string run, string file)
    {
        try
        {
            using var checkpoint = Checkpoint.Open(file);
            return (checkpoint.Root as IReadOnlyDictionary<object, object?>)?.GetValueOrDefault("run") as string == run;
        }
        catch (Exception exception) when (exception is DamagedFileException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
