using System.Globalization;

namespace ConvScope.Records.Recording.Pruning;

/// <summary>
/// Lists the files of a run folder that ConvScope wrote: those with the very names that it gives. What else lies there is none of them, and neither is a link, or what lies behind one.
/// </summary>
/// <param name="run">The run folder.</param>
internal sealed class RunFiles(string run)
{
    private const string Best = "best.pth", Interrupted = "interrupted.pth", Checkpoints = "checkpoints", HalfEnd = ".tmp";
    private const int HalfLength = 17; // a point, twelve digits, and .tmp

    private static readonly EnumerationOptions _noLinks = new() { AttributesToSkip = FileAttributes.ReparsePoint };

    /// <summary>The epoch of a checkpoint by its name; null for another file.</summary>
    public static int? EpochOf(string name) =>
        name.StartsWith("epoch-", StringComparison.Ordinal) && name.EndsWith(".pth", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan()[6..^4], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) && name == $"epoch-{epoch:D3}.pth"
            ? epoch : null;

    /// <summary>Whether a file or folder is a link.</summary>
    public static bool IsLink(string path) => Path.Exists(path) && File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint);

    /// <summary>The files of the run.</summary>
    public IReadOnlyList<RunFile> List() =>
    [
        .. In("", RunPart.Record, IsOfTheRecord),
        .. In(RecordSchema.SnapshotFolder, RunPart.Snapshots, SnapshotName.IsOne),
        .. In("", RunPart.Checkpoints, IsCheckpoint),
        .. BelongsToAnother(Checkpoints) ? [] : In(Checkpoints, RunPart.Checkpoints, IsCheckpoint),
        .. In("", RunPart.Model, name => name is "model.zip" or "model.onnx"),
        .. In("", RunPart.Report, name => name is "report.html" or RunSummary.FileName),
        .. new[] { "figures", "figures/weights", "figures/gradients", "figures/activations" }.SelectMany(place => In(place, RunPart.Report, name => Path.GetExtension(name) is ".png" or ".svg")),
    ];

    private IEnumerable<RunFile> In(string place, RunPart part, Func<string, bool> isOurs)
    {
        var folder = run;
        foreach (var name in place.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            folder = Path.Combine(folder, name);
            if (!Directory.Exists(folder) || IsLink(folder))
                yield break;
        }

        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", _noLinks).OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            var isHalf = IsHalf(file.Name);
            if (isOurs(isHalf ? file.Name[..^HalfLength] : file.Name))
                yield return new RunFile(Path.Combine(folder, file.Name), file.Length, part, isHalf);
        }
    }

    /// <summary>Whether another run has claimed a folder below the run's own.</summary>
    private bool BelongsToAnother(string place) => RunClaim.Read(Path.Combine(run, place)) is { } claim && claim.Run != RunClaim.Read(run)?.Run;

    private static bool IsOfTheRecord(string name) =>
        name is RunDirectory.ClaimName or RecordSchema.FileName or $"{RecordSchema.FileName}-wal" or $"{RecordSchema.FileName}-shm" or $"{RecordSchema.FileName}-journal";

    private static bool IsCheckpoint(string name) => name is Best or Interrupted || EpochOf(name) is not null;

    private static bool IsHalf(string name) =>
        name.Length > HalfLength && name.EndsWith(HalfEnd, StringComparison.Ordinal) && name[^HalfLength] == '.' && name[^(HalfLength - 1)..^HalfEnd.Length].All(char.IsAsciiHexDigitLower);
}
