using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;
using ConvScope.Records.Recording.Pruning;

namespace ConvScope.Records.Tests.Recording.Pruning;

/// <summary>Runs with snapshots and checkpoints as trainings leave them, without a training.</summary>
internal sealed class RunsOnDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Root => _folder.Path;

    /// <summary>Path of a file or folder in the folder of runs.</summary>
    public string At(string path) => _folder.File(path);

    /// <summary>Writes a run of some epochs: weights and gradients after each, a checkpoint after each, the best, and a summary.</summary>
    public string Write(string name, int epochs = 5, string status = "completed", RunParent? parent = null, string? process = null)
    {
        var directory = RunDirectory.Claim(At(name), $"{name} of this test", parent);
        var metadata = new Dictionary<string, string> { ["run"] = directory.Run, ["status"] = status, ["network"] = "toy", ["device"] = "cpu" };
        if (process is not null)
            (metadata["process"], metadata["host"]) = (process, RecordingProcess.Host);
        using (var writer = new RunRecordWriter(directory.Folder, metadata, exception => Assert.Fail(exception.Message)))
        {
            for (var epoch = 0; epoch <= epochs; epoch++)
            {
                writer.AppendSnapshot(10 * epoch, epoch, SnapshotKind.Weights, [new NamedArray("w", [2], [epoch, 1])]);
                if (epoch > 0)
                    writer.AppendSnapshot(10 * epoch, epoch, SnapshotKind.Gradients, [new NamedArray("w", [2], [epoch, 1])]);
            }
        }

        Directory.CreateDirectory(directory.Checkpoints);
        for (var epoch = 1; epoch <= epochs; epoch++)
            WriteCheckpoint($"{name}/checkpoints/epoch-{epoch:D3}.pth", directory.Run);
        WriteCheckpoint($"{name}/checkpoints/best.pth", directory.Run);
        RunSummary.FromRecord(directory.Folder).Write(directory.Folder);
        return directory.Folder;
    }

    /// <summary>Writes a checkpoint that says which run wrote it; null for one that does not.</summary>
    public void WriteCheckpoint(string path, string? run) =>
        Checkpoint.Write(At(path), run is null ? new Dictionary<string, object?> { ["step"] = 1L } : new Dictionary<string, object?> { ["run"] = run });

    /// <summary>The files below a folder, with forward slashes.</summary>
    public string[] Files(string folder = "") =>
        [.. Directory.EnumerateFiles(At(folder), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(At(folder), file).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    /// <summary>The files that the record of a run names.</summary>
    public string[] Named(string run)
    {
        using var record = RunRecord.Open(At(run));
        return [.. record.ReadSnapshotFiles().Select(snapshot => snapshot.File).Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<RunThinning> Plan(int? snapshots = null, int? checkpoints = null) => RunPruning.Plan(RunCost.Below(Root), Options(snapshots, checkpoints));

    /// <summary>Thins all runs.</summary>
    /// <returns>What could not be done.</returns>
    public IReadOnlyList<string> Prune(int? snapshots = null, int? checkpoints = null) => RunThinner.Apply(Root, Options(snapshots, checkpoints), Plan(snapshots, checkpoints)).Failures;

    public static PruneOptions Options(int? snapshots, int? checkpoints) => new() { KeepSnapshots = snapshots, KeepCheckpoints = checkpoints };

    public void Dispose() => _folder.Dispose();
}
