using System.Text.Json;
using ConvScope.Records.Files;
using Microsoft.Data.Sqlite;

namespace ConvScope.Records.Recording;

/// <summary>
/// The folder of one run, and the one place that says where its files lie: record, snapshots, checkpoints, figures, report, summary and models. It belongs to one training: it is claimed once, by the file
/// <c>run.json</c>, and a further training takes the first of <c>-002</c>, <c>-003</c>, … that no run lies in, also where two start at once.
/// </summary>
public sealed class RunDirectory
{
    /// <summary>The file that claims the folder and names the run.</summary>
    public const string ClaimName = "run.json";

    private const string HalfWritten = "*.tmp";

    private static readonly string[] _checkpoints = ["epoch-*.pth", "best.pth", "interrupted.pth", "continued-*.json"];
    private static readonly string[] _files = [ClaimName, RecordSchema.FileName, $"{RecordSchema.FileName}-wal", $"{RecordSchema.FileName}-shm", RunSummary.FileName, "report.html", "model.zip", "model.onnx"];
    private static readonly (string Name, string[] Patterns)[] _folders =
    [
        (RecordSchema.SnapshotFolder, ["*.safetensors", HalfWritten]), ("checkpoints", [.. _checkpoints, HalfWritten, ClaimName]),
        (Path.Combine("figures", "weights"), ["*.png", "*.svg"]), (Path.Combine("figures", "gradients"), ["*.png", "*.svg"]), (Path.Combine("figures", "activations"), ["*.png", "*.svg"]),
        ("figures", ["*.png", "*.svg", HalfWritten]),
    ];

    private RunDirectory(string wanted, string path, string run, RunParent? parent) => (Wanted, Folder, Run, Parent) = (wanted, path, run, parent);

    /// <summary>The folder that was asked for, as a full path: the program may change its current folder meanwhile.</summary>
    public string Wanted { get; }

    /// <summary>The folder that the run has, as a full path.</summary>
    public string Folder { get; }

    /// <summary>The run's name, unique everywhere.</summary>
    public string Run { get; }

    /// <summary>What the run goes on from; null for one that begins anew.</summary>
    public RunParent? Parent { get; }

    /// <summary>Whether the folder was moved or deleted while the run went on, and another run has claimed it since.</summary>
    public bool IsAnothers => RunClaim.IsAnothers(Folder, Run);

    /// <summary>The folder of checkpoints.</summary>
    public string Checkpoints => CheckpointsOf(Folder);

    /// <summary>The figures.</summary>
    public string Figures => Path.Combine(Folder, "figures");

    /// <summary>The page of the run as one file.</summary>
    public string Report => Path.Combine(Folder, "report.html");

    /// <summary>The model as ML.NET saves it.</summary>
    public string Model => Path.Combine(Folder, "model.zip");

    /// <summary>The model as ONNX.</summary>
    public string OnnxModel => Path.Combine(Folder, "model.onnx");

    /// <summary>
    /// Takes a folder, or the first of <c>-002</c>, <c>-003</c>, … where no run lies and no file of somebody's own with a name that a run gives: two trainings never get the same, and neither replaces what is not its own.
    /// </summary>
    /// <param name="wanted">The folder; made where it is missing.</param>
    /// <param name="run">The run's name, unique everywhere.</param>
    /// <param name="parent">What the run goes on from; null for one that begins anew.</param>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static RunDirectory Claim(string wanted, string run, RunParent? parent = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(wanted);
        wanted = Path.GetFullPath(wanted);
        for (var number = 1; ; number++)
        {
            var folder = number == 1 ? wanted : $"{wanted.TrimEnd('/', '\\')}-{number:D3}";
            if (!IsTaken(folder) && !HasNamesOfOurs(folder) && TryClaim(folder, run, parent))
                return new RunDirectory(wanted, folder, run, parent);
        }
    }

    /// <summary>Whether a run lies in a folder, with a record or with checkpoints alone.</summary>
    public static bool IsTaken(string folder) =>
        File.Exists(Path.Combine(folder, ClaimName)) || File.Exists(Path.Combine(folder, RecordSchema.FileName)) || HasCheckpoints(folder) || HasCheckpoints(CheckpointsOf(folder));

    /// <summary>Deletes the run that lies in a folder, and of it only what ConvScope wrote; what else lies there stays, and so does a folder without a run, or with one that still goes on.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>Whether a run was deleted.</returns>
    public static bool Clear(string folder)
    {
        if (!IsTaken(folder) || IsLive(folder))
            return false;
        foreach (var (name, patterns) in _folders)
        {
            var below = Path.Combine(folder, name);
            if (!Directory.Exists(below) || new DirectoryInfo(below).LinkTarget is not null)
                continue;
            foreach (var file in patterns.SelectMany(pattern => Directory.EnumerateFiles(below, pattern)).ToList())
                File.Delete(file);
            DeleteIfEmpty(below);
        }

        foreach (var name in _files)
        {
            File.Delete(Path.Combine(folder, name));
            foreach (var half in Directory.EnumerateFiles(folder, $"{name}.*.tmp").ToList()) // of a process that was killed
                File.Delete(half);
        }

        DeleteIfEmpty(folder);
        return true;
    }

    /// <summary>Makes room for a run of the same name: deletes an earlier one as <see cref="Clear"/> does, and checks that the folder can be written.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Prepare(string folder)
    {
        Clear(folder);
        CheckWritable(folder);
    }

    /// <summary>Checks that a folder, or the one in which it will be made, can be written; leaves nothing there.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void CheckWritable(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        var (made, place) = (new Stack<string>(), Path.GetFullPath(folder));
        for (var above = place; !Directory.Exists(above); above = Path.GetDirectoryName(above)!)
        {
            if (File.Exists(above))
                throw new IOException($"'{folder}' cannot be a run folder: '{above}' is a file.");
            made.Push(above);
        }

        var trial = Path.Combine(place, $"convscope-{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(place); // its name may be too long, or the disk of another kind
            File.WriteAllBytes(trial, new byte[4096]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new IOException($"Nothing can be written into '{folder}', so nothing is trained: {exception.Message}", exception);
        }
        finally
        {
            WholeFile.Discard(trial);
            foreach (var one in made.Reverse())
                DeleteIfEmpty(one);
        }
    }

    /// <summary>Whether a path lies in the folder that was asked for.</summary>
    public bool Owns(string path)
    {
        var relative = Path.GetRelativePath(Wanted, path);
        return relative != ".." && !relative.StartsWith($"..{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && !Path.IsPathRooted(relative);
    }

    /// <summary>Where a path that lies in the folder that was asked for is in the one that the run has.</summary>
    public string Place(string path) => Owns(path) ? Path.Combine(Folder, Path.GetRelativePath(Wanted, path)) : path;

    /// <summary>Gives the folder back where nothing could be written into it.</summary>
    internal void Release()
    {
        WholeFile.Discard(Path.Combine(Folder, ClaimName));
        DeleteIfEmpty(Path.Combine(Folder, RecordSchema.SnapshotFolder));
    }

    private static string CheckpointsOf(string folder) => Path.Combine(folder, "checkpoints");

    private static bool HasCheckpoints(string folder) => Has(folder, _checkpoints[0]);

    /// <summary>Whether files lie in a folder that a run in it would replace, or that would be taken for its own.</summary>
    private static bool HasNamesOfOurs(string folder) =>
        Array.Exists(_files, name => File.Exists(Path.Combine(folder, name)))
        || Array.Exists(_folders, below => below.Patterns.Where(pattern => pattern != HalfWritten).Any(pattern => Has(Path.Combine(folder, below.Name), pattern)))
        || Array.Exists(_checkpoints, pattern => Has(folder, pattern));

    private static bool Has(string folder, string pattern) => Directory.Exists(folder) && Directory.EnumerateFiles(folder, pattern).Any();

    private static bool IsLive(string folder)
    {
        try
        {
            using var record = RunRecord.Open(folder);
            return record.ReadStatus() == "running";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SqliteException)
        {
            return false;
        }
    }

    private static bool TryClaim(string folder, string run, RunParent? parent)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, ClaimName);
        FileStream? stream = null;
        for (var left = 100; stream is null; left--)
        {
            try
            {
                stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None); // not beside and renamed: .NET's Move lets two succeed
            }
            catch (DirectoryNotFoundException) when (left > 0)
            {
                Directory.CreateDirectory(folder); // somebody who only tried whether it can be made has taken it away
            }
            catch (IOException) when (File.Exists(path))
            {
                return false; // another training took the folder in between
            }
        }

        try
        {
            using (stream)
                JsonSerializer.Serialize(stream, new RunClaim(run, parent), JsonSerializerOptions.Web);
            return true;
        }
        catch
        {
            WholeFile.Discard(path);
            throw;
        }
    }

    private static void DeleteIfEmpty(string folder)
    {
        try
        {
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
                Directory.Delete(folder);
        }
        catch (IOException)
        {
            // somebody wrote into it in between
        }
    }
}
