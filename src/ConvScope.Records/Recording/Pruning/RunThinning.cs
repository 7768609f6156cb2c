namespace ConvScope.Records.Recording.Pruning;

/// <summary>What goes of one run.</summary>
/// <param name="Cost">The run.</param>
/// <param name="Rows">Snapshots that its record is to name no more, as it names them.</param>
/// <param name="Files">Files that go.</param>
/// <param name="Kept">Files that would go but for a reason, with the reason.</param>
internal sealed record RunThinning(RunCost Cost, IReadOnlyList<string> Rows, IReadOnlyList<RunFile> Files, IReadOnlyList<(string Path, string Reason)> Kept)
{
    /// <summary>What the files take.</summary>
    public long Bytes => Files.Sum(file => file.Bytes);

    /// <summary>Whether nothing goes.</summary>
    public bool IsEmpty => Rows.Count == 0 && Files.Count == 0;

    /// <summary>What goes here and in another plan for the same run.</summary>
    public RunThinning And(RunThinning other) => this with { Rows = [.. Rows.Intersect(other.Rows)], Files = [.. Files.Where(file => other.Files.Any(one => one.Path == file.Path))] };
}
