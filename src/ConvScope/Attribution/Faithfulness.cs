using System.Runtime.InteropServices;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Records.Networks.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Attribution;

/// <summary>
/// Whether an attribution names the pixels that the network goes by. The deletion score is the area under the class's probability while pixels are covered, the highest attribution first, of equals the one that comes first: lower is better.
/// The insertion score is the area while they are put onto a covered image: higher is better. Both lie in 0 to 1. Petsiuk et al., "RISE: Randomized Input Sampling for Explanation of Black-box Models", 2018,
/// section 4.2, with a constant baseline for both.
/// </summary>
/// <param name="Deletion">Area under the probability while pixels are taken away.</param>
/// <param name="Insertion">Area under the probability while pixels are put on.</param>
public sealed record Faithfulness(double Deletion, double Insertion)
{
    /// <summary>Scores the attributions of some images.</summary>
    /// <param name="network">Gives logits <c>[N, K]</c>, or is described as a binary classifier, for images <c>[N, C, H, W]</c>, in evaluation mode.</param>
    /// <param name="images">Raw pixels, <c>[N, C, H, W]</c>, on the network's device.</param>
    /// <param name="classes">The class that was explained, one an image, <c>[N]</c>, 64-bit integers.</param>
    /// <param name="maps">The attributions, <c>[N, H, W]</c>.</param>
    /// <param name="steps">Points of each curve beside its start, at least 1; as many as pixels are enough. Default 28.</param>
    /// <param name="baseline">Raw value of covered pixels. Default 0, black.</param>
    /// <returns>The scores, image by image.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit together.</exception>
    public static IReadOnlyList<Faithfulness> Measure(nn.Module<Tensor, Tensor> network, Tensor images, Tensor classes, Tensor maps, int steps = 28, double baseline = 0)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(maps);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return Measure(network, TaskTensors.Of(network, null), images, classes, maps, steps, baseline);
    }

    /// <summary>The same for a network without a description, whose task is said.</summary>
    internal static IReadOnlyList<Faithfulness> Measure(
        nn.Module<Tensor, Tensor> network, LearningTask task, Tensor images, Tensor classes, Tensor maps, int steps, double baseline = 0)
    {
        TorchRuntime.Load();
        if (images.dim() != 4 || !maps.shape.SequenceEqual([images.shape[0], images.shape[2], images.shape[3]]) || !classes.shape.SequenceEqual([images.shape[0]]))
            throw new ArgumentException($"Images [N, C, H, W] need maps [N, H, W] and classes [N]; they are [{string.Join(", ", images.shape)}], [{string.Join(", ", maps.shape)}] and [{string.Join(", ", classes.shape)}].", nameof(maps));

        if (!task.HasClasses)
            throw new ArgumentException($"Faithfulness is measured by the probability of a class; {task} has none.", nameof(network));
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var pixels = images.detach().to(ScalarType.Float32);
        var count = images.shape[2] * images.shape[3];
        var order = maps.reshape(-1, count).sort(1, descending: true, stable: true).Indices.argsort(1).reshape(-1, 1, images.shape[2], images.shape[3]); // [N, 1, H, W]: each pixel's rank, 0 the highest
        var covered = full_like(pixels, baseline);
        var deletion = new double[images.shape[0]];
        var insertion = new double[images.shape[0]];
        for (var step = 0; step <= steps; step++)
        {
            using var inner = NewDisposeScope();
            var taken = order.lt((double)count * step / steps);
            var weight = (step == 0 || step == steps ? 0.5 : 1.0) / steps; // trapezoids
            Add(deletion, where(taken, covered, pixels), weight);
            Add(insertion, where(taken, pixels, covered), weight);
        }

        return [.. deletion.Zip(insertion, (first, second) => new Faithfulness(first, second))];

        void Add(double[] areas, Tensor shown, double weight)
        {
            var probabilities = task.ClassLogits(network.call(shown))!.softmax(1).gather(1, classes.unsqueeze(1)).squeeze(1).to(ScalarType.Float64).cpu(); // [N]
            var values = MemoryMarshal.Cast<byte, double>(probabilities.bytes);
            for (var image = 0; image < areas.Length; image++)
                areas[image] += weight * values[image];
        }
    }
}
