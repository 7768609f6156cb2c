using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Formats;
using ConvScope.Records.Files;

namespace ConvScope.Records.Recording;

/// <summary>Tensors of the network at one moment, kept as a safetensors file beside the record.</summary>
/// <param name="Step">Number of optimizer updates made so far: 0 before the first, so the first snapshot shows the initial weights.</param>
/// <param name="Epoch">Number of epochs completed so far; 0 before training.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Path">The safetensors file.</param>
public sealed record Snapshot(long Step, int Epoch, SnapshotKind Kind, string Path)
{
    /// <summary>Entry of a snapshot's metadata that says that it holds all that the network keeps, running statistics too.</summary>
    internal const string WholeKey = "whole";

    /// <summary>Reads the tensors in the network's own order.</summary>
    /// <exception cref="DamagedFileException">The file is damaged, or a link: what lies outside of the run is none of its tensors.</exception>
    public IReadOnlyList<NamedArray> ReadArrays() => Safetensors.Read(Checked());

    /// <summary>Opens the tensors in their own element types; the caller disposes the file.</summary>
    /// <inheritdoc cref="ReadArrays" path="/exception" />
    internal Checkpoint Open() => Checkpoint.Open(Checked());

    private string Checked() => IsLink ? throw new DamagedFileException(Path, $"'{Path}' is a link, and links are not followed.") : Path;

    /// <summary>Whether the file, or the folder of snapshots, is a link.</summary>
    internal bool IsLink => new FileInfo(Path).LinkTarget is not null || new DirectoryInfo(System.IO.Path.GetDirectoryName(Path)!).LinkTarget is not null;
}
