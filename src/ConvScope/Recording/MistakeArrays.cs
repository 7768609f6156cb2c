using ConvScope.Checkpoints;
using ConvScope.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Recording;

/// <summary>The form that mistakes have in a snapshot: one array a property, and the images themselves.</summary>
internal static class MistakeArrays
{
    public const string Images = "images";
    public const string Row = "row";
    public const string Label = "label";
    public const string Predicted = "predicted";
    public const string Probability = "probability";
    public const string Loss = "loss";

    /// <summary>Joins mistakes and images.</summary>
    /// <param name="mistakes">The mistakes.</param>
    /// <param name="images">Their images, <c>[M, …]</c>; more are left out.</param>
    public static IReadOnlyList<NamedArray> Create(IReadOnlyList<Mistake> mistakes, Tensor images)
    {
        using var scope = NewDisposeScope();
        return
        [
            ModuleState.Copy(Images, images.narrow(0, 0, mistakes.Count)),
            Column(Row, mistake => mistake.Row),
            Column(Label, mistake => mistake.Label),
            Column(Predicted, mistake => mistake.Predicted),
            Column(Probability, mistake => (float)mistake.Probability),
            Column(Loss, mistake => (float)mistake.Loss),
        ];

        NamedArray Column(string name, Func<Mistake, float> value) => new(name, [mistakes.Count], [.. mistakes.Select(value)]);
    }
}
