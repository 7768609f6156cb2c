using ConvScope.Networks;
using ConvScope.Records.Networks.Tasks;
using static TorchSharp.torch;

namespace ConvScope.Augmentation;

/// <summary>A batch as the network sees it.</summary>
/// <param name="Images">Raw pixels, <c>[N, C, H, W]</c>.</param>
/// <param name="Labels">Class indices or numbers, <c>[N]</c>.</param>
internal sealed record AugmentedBatch(Tensor Images, Tensor Labels)
{
    /// <summary>The raw pixels before any change, <c>[N, C, H, W]</c>; null where there was none.</summary>
    public Tensor? Originals { get; init; }

    /// <summary>How much each image counts in the loss, <c>[N]</c>; null for 1 each.</summary>
    public Tensor? Weights { get; init; }

    /// <summary>The weights of what was mixed into each image, <c>[N]</c>; null for 1 each.</summary>
    public Tensor? MixedWeights { get; init; }

    /// <summary>The labels of what was mixed into each image, <c>[N]</c>; null where nothing was.</summary>
    public Tensor? MixedLabels { get; init; }

    /// <summary>Share of the image itself, 0.5 to 1; the rest is what was mixed in.</summary>
    public double Share { get; init; } = 1;

    /// <summary>Mean loss; of a mixture, that of both labels by their shares.</summary>
    /// <param name="task">Knows the loss.</param>
    /// <param name="outputs">The network's outputs, <c>[N, K]</c>.</param>
    /// <param name="smoothing">Share of the target that all classes get alike.</param>
    /// <param name="classWeights">Factor of each class, <c>[K]</c>; null for 1 each.</param>
    public Tensor Loss(LearningTask task, Tensor outputs, double smoothing, Tensor? classWeights = null)
    {
        var loss = task.Loss(outputs, Labels, smoothing, classWeights, Weights);
        return MixedLabels is null ? loss : loss.mul(Share).add(task.Loss(outputs, MixedLabels, smoothing, classWeights, MixedWeights).mul(1 - Share));
    }
}
