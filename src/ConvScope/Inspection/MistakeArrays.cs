using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;
using ConvScope.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Inspection;

/// <summary>The form that mistakes have in a snapshot: one array a property, and the images themselves.</summary>
internal static class MistakeArrays
{
    /// <summary>Joins mistakes and images.</summary>
    /// <param name="mistakes">The mistakes.</param>
    /// <param name="images">Their images, <c>[M, …]</c>; more are left out.</param>
    public static IReadOnlyList<NamedArray> Create(IReadOnlyList<Mistake> mistakes, Tensor images)
    {
        using var scope = NewDisposeScope();
        return
        [
            ModuleState.Copy(SnapshotArrays.Images, images.narrow(0, 0, mistakes.Count)),
            Column(SnapshotArrays.Row, mistake => mistake.Row),
            Column(SnapshotArrays.Label, mistake => mistake.Label),
            Column(SnapshotArrays.Predicted, mistake => mistake.Predicted),
            Column(SnapshotArrays.Probability, mistake => (float)mistake.Probability),
            Column(SnapshotArrays.Loss, mistake => (float)mistake.Loss),
        ];

        NamedArray Column(string name, Func<Mistake, float> value) => new(name, [mistakes.Count], [.. mistakes.Select(value)]);
    }
}
