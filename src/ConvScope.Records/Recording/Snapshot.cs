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
    /// <summary>Reads the tensors in the network's own order.</summary>
    /// <exception cref="DamagedFileException">The file is damaged.</exception>
    public IReadOnlyList<NamedArray> ReadArrays() => Safetensors.Read(Path);
}
