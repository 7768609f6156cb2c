namespace ConvScope.Records.Recording.Pruning;

/// <summary>A file that ConvScope wrote.</summary>
/// <param name="Path">The file, which is no link.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Part">What it belongs to.</param>
/// <param name="IsHalf">Whether it is the half of a file that a process which was killed left.</param>
internal sealed record RunFile(string Path, long Bytes, RunPart Part, bool IsHalf = false)
{
    /// <summary>Its name without the folder.</summary>
    public string Name => System.IO.Path.GetFileName(Path);
}
