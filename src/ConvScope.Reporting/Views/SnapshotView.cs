using ConvScope.Records.Checkpoints.Formats;
using ConvScope.Records.Networks;
using ConvScope.Records.Recording;

namespace ConvScope.Reporting.Views;

/// <summary>A snapshot with what it holds.</summary>
/// <param name="Kind">Name of the <see cref="SnapshotKind"/>.</param>
/// <param name="Step">Number of updates made before it.</param>
/// <param name="Epoch">Epochs completed before it.</param>
/// <param name="Arrays">Names and shapes of its tensors.</param>
internal sealed record SnapshotView(string Kind, long Step, int Epoch, IReadOnlyList<ArrayView> Arrays)
{
    /// <summary>Null where the file is gone or damaged: a run that is being tidied up still has a page.</summary>
    public static SnapshotView? Of(Snapshot snapshot)
    {
        try
        {
            return new SnapshotView(snapshot.Kind.ToString(), snapshot.Step, snapshot.Epoch,
                [.. Safetensors.ReadShapes(snapshot.Path).Where(array => !array.Shape.Contains(0) && !NetworkTensor.IsCounterName(array.Name)).Select(array => new ArrayView(array.Name, array.Shape))]);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
