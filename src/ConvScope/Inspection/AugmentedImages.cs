using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Inspection;

/// <summary>The form that images before and after augmentation have in a snapshot.</summary>
internal static class AugmentedImages
{
    private const long Most = 24;

    /// <summary>Copies a batch's first images.</summary>
    /// <param name="before">Raw pixels before, <c>[N, C, H, W]</c>.</param>
    /// <param name="after">Raw pixels after, <c>[N, C, H, W]</c>.</param>
    /// <param name="labels">Class indices, <c>[N]</c>.</param>
    public static IReadOnlyList<NamedArray> Read(Tensor before, Tensor after, Tensor labels)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var count = Math.Min(Most, labels.shape[0]);
        return [ModuleState.Copy(SnapshotArrays.Before, before.narrow(0, 0, count)), ModuleState.Copy(SnapshotArrays.After, after.narrow(0, 0, count)), ModuleState.Copy(SnapshotArrays.Label, labels.narrow(0, 0, count))];
    }
}
