using ConvScope.Measuring;
using ConvScope.Records.Checkpoints;
using ConvScope.Training;
using ConvScope.Training.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Inspection;

/// <summary>The worst mistakes of an epoch's measured steps, and, from one epoch to the next, the images on which the network's decisions are shown.</summary>
/// <param name="facts">Tells which are wrong.</param>
internal sealed class EpochMistakes(OutputFacts facts) : IDisposable
{
    private WorstMistakes? _worst;

    /// <summary>The images on which decisions are shown.</summary>
    public AttributionSamples Samples { get; } = new();

    /// <inheritdoc cref="WorstMistakes.Add(Tensor, Tensor, long, Tensor?)" />
    public void Add(Tensor outputs, Tensor labels, long firstRow, Tensor images)
    {
        if (facts.Task is { } task && images.shape[0] == labels.shape[0] && (_worst?.Images is not { } kept || kept.shape.AsSpan(1).SequenceEqual(images.shape.AsSpan(1)))) // a gallery has one size
            (_worst ??= new WorstMistakes(task)).Add(outputs, labels, firstRow, images);
    }

    /// <summary>Ends an epoch.</summary>
    /// <param name="mistakes">The mistakes, as rows of the set; null for those of the epoch's measured steps.</param>
    /// <param name="set">The set; null for those of the epoch's measured steps.</param>
    /// <returns>What a snapshot holds of them; empty where there are none.</returns>
    public IReadOnlyList<NamedArray> Take(IReadOnlyList<Mistake>? mistakes, TrainingImages? set)
    {
        using var scope = NewDisposeScope();
        mistakes ??= _worst?.Read() ?? [];
        var images = set is null ? _worst?.Images : set.Select([.. mistakes.Select(mistake => mistake.Row)]);
        IReadOnlyList<NamedArray> arrays = mistakes.Count == 0 ? [] : MistakeArrays.Create(mistakes, images!);
        if (arrays.Count > 0 && images!.dim() == 4)
            Samples.Keep(images, mistakes);
        _worst?.Dispose();
        _worst = null;
        return arrays;
    }

    public void Dispose()
    {
        _worst?.Dispose();
        Samples.Dispose();
    }
}
