using System.Text.Json;
using ConvScope.Records.Files;

namespace ConvScope.Training.Saving;

/// <summary>
/// The way from a folder of checkpoints to the one in which a later training went on from them. A note lies in the folder that was gone on from: what was trained there after that checkpoint is an abandoned branch,
/// and who resumes from the folder gets the newer state.
/// </summary>
/// <param name="Run">The training that went on.</param>
/// <param name="Folder">Its folder of checkpoints, relative to the folder of the note.</param>
/// <param name="Epoch">The epoch after which it went on.</param>
/// <param name="Started">When its first checkpoint was written, in UTC.</param>
internal sealed record Continuation(string Run, string Folder, int Epoch, DateTimeOffset Started)
{
    private const string Pattern = "continued-*.json";

    /// <summary>Leaves a note, where the folder can be written.</summary>
    /// <param name="folder">The checkpoints of the training that goes on.</param>
    /// <param name="origin">What it goes on from.</param>
    public static void Note(string folder, TrainingOrigin origin)
    {
        if (origin.Parent is not { } parent)
            return;
        var home = Path.GetDirectoryName(parent.Checkpoint)!;
        var note = new Continuation(origin.Run, Path.GetRelativePath(home, Path.GetFullPath(folder)), parent.Epoch, TimeProvider.System.GetUtcNow());
        try
        {
            WholeFile.Write(Path.Combine(home, $"continued-{origin.Run[..8]}.json"), stream => JsonSerializer.Serialize(stream, note, JsonSerializerOptions.Web));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // an archive that is read-only is gone on from all the same; the checkpoints themselves name their parent
        }
    }

    /// <summary>The folder of the newest training that goes on from those of a folder, or the folder itself.</summary>
    /// <param name="folder">A folder of checkpoints, or a run folder with one in it.</param>
    public static string Newest(string folder)
    {
        if (!CheckpointFolder.Epochs(folder).Any() && Directory.Exists(Path.Combine(folder, "checkpoints")))
            folder = Path.Combine(folder, "checkpoints");
        for (var seen = new HashSet<string>(StringComparer.Ordinal); seen.Add(Path.GetFullPath(folder));)
        {
            var next = Notes(folder).OrderByDescending(note => note.Started).Select(note => Path.GetRelativePath(".", Path.Combine(folder, note.Folder))).FirstOrDefault(place => CheckpointFolder.Epochs(place).Any());
            folder = next ?? folder;
        }

        return folder;
    }

    private static IEnumerable<Continuation> Notes(string folder)
    {
        if (!Directory.Exists(folder))
            yield break;
        foreach (var file in Directory.EnumerateFiles(folder, Pattern))
        {
            Continuation? note = null;
            try
            {
                note = JsonSerializer.Deserialize<Continuation>(File.ReadAllBytes(file), JsonSerializerOptions.Web);
            }
            catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
            {
                // a note that cannot be read leads nowhere
            }

            if (note is { Folder.Length: > 0 })
                yield return note;
        }
    }
}
