using ConvScope.Records.Files;

namespace ConvScope.Records.Recording.Pruning;

/// <summary>What one run costs on the disk, and whether it may be thinned.</summary>
/// <param name="Folder">The run folder.</param>
/// <param name="Run">The run's name, unique everywhere; empty where it has none, as those of before 0.2.</param>
/// <param name="Status">
/// As <see cref="RunRecord.ReadStatus"/> has it; <c>damaged</c> where the record cannot be read, <c>newer</c> where a newer version wrote it, <c>no record</c> for checkpoints alone.
/// </param>
/// <param name="Files">The files that ConvScope wrote.</param>
/// <param name="Untouchable">Why nothing of it is deleted, in words; null where it may be.</param>
internal sealed record RunCost(string Folder, string Run, string Status, IReadOnlyList<RunFile> Files, string? Untouchable)
{
    private static readonly string[] _over = ["completed", "stopped", "cancelled", "failed", "ended", "lost"];

    /// <summary>What the record names as snapshots, in the order of their steps; empty where it cannot be read.</summary>
    public IReadOnlyList<(string Kind, int Epoch, string File)> Snapshots { get; private init; } = [];

    /// <summary>What all files take.</summary>
    public long Bytes => Files.Sum(file => file.Bytes);

    /// <summary>What a part takes.</summary>
    public long BytesOf(RunPart part) => Files.Where(file => file.Part == part).Sum(file => file.Bytes);

    /// <summary>Number of files of a part, without halves.</summary>
    public int CountOf(RunPart part) => Files.Count(file => file.Part == part && !file.IsHalf);

    /// <summary>The runs of a folder, at any depth, in the order of their places.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<RunCost> Below(string root)
    {
        if (!Directory.Exists(root))
            throw new DirectoryNotFoundException($"There is no folder '{root}'.");
        var claims = RunFinder.Claims(root).Where(folder => RunClaim.Read(folder) is not null);
        return [.. RunFinder.Records(root).Union(claims).Order(StringComparer.Ordinal).Select(Of)];
    }

    /// <summary>What the run of a folder costs.</summary>
    public static RunCost Of(string folder)
    {
        var (run, files) = (RunClaim.Read(folder)?.Run ?? "", new RunFiles(folder).List());
        if (!File.Exists(Path.Combine(folder, RecordSchema.FileName)))
            return new RunCost(folder, run, "no record", files, "it has no record, so nobody can tell whether its training goes on");
        try
        {
            using var record = RunRecord.Open(folder);
            var (status, metadata) = (record.ReadStatus(), record.ReadMetadata());
            var name = metadata.GetValueOrDefault(MetadataNames.Run, run);
            var reason = name != run && run.Length > 0 ? $"'{RunDirectory.ClaimName}' and the record name different runs" : Reason(folder, status, metadata);
            return new RunCost(folder, name, status, files, reason) { Snapshots = record.ReadSnapshotFiles() };
        }
        catch (Exception exception) when (exception is not OutOfMemoryException) // whatever it is, it is that run's alone
        {
            return new RunCost(folder, run, exception is NewerRecordException ? "newer" : "damaged", files, exception.Message);
        }
    }

    private static string? Reason(string folder, string status, IReadOnlyDictionary<string, string> metadata)
    {
        if (status == "running")
            return "it goes on";
        if (!_over.Contains(status))
            return $"its status is '{status}'";
        var isWritten = File.Exists(Path.Combine(folder, RunSummary.FileName)); // the last thing that a training writes
        return status != "lost" && !isWritten && RecordingProcess.IsAlive(metadata, Path.Combine(folder, RecordSchema.FileName)) ? "its report is being written" : null;
    }
}
