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

    /// <summary>Selects the mistakes' images <c>[M, …]</c> from their set.</summary>
    public static IReadOnlyList<NamedArray> Create(IReadOnlyList<Mistake> mistakes, Tensor images)
    {
        using var scope = NewDisposeScope();
        var rows = tensor(mistakes.Select(mistake => mistake.Row).ToArray(), device: images.device);
        return
        [
            ModuleState.Copy(Images, images.index_select(0, rows)),
            Column(Row, mistake => mistake.Row),
            Column(Label, mistake => mistake.Label),
            Column(Predicted, mistake => mistake.Predicted),
            Column(Probability, mistake => (float)mistake.Probability),
            Column(Loss, mistake => (float)mistake.Loss),
        ];

        NamedArray Column(string name, Func<Mistake, float> value) => new(name, [mistakes.Count], [.. mistakes.Select(value)]);
    }
}
