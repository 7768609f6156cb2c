using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>
/// Tries a network out before much time is spent on it: can it learn one batch by heart, and does what it says of an image depend on that image alone? Afterwards its parameters,
/// buffers, gradients, modes and the random state are as before, to the last bit.
/// </summary>
/// <remarks>After A. Karpathy, "A Recipe for Training Neural Networks" (2019): overfit one batch, input-independent baseline, no mixing across the batch.</remarks>
internal static class PreChecks
{
    /// <summary>Images that are to be learned by heart.</summary>
    public const int Images = 32;

    /// <summary>Steps in which that is to be done.</summary>
    public const int Steps = 200;

    private const double LearningRate = 0.001; // Adam's usual one
    private const int StepsBetweenLooks = 10;

    /// <summary>Tries the network out.</summary>
    /// <param name="network">Gives outputs <c>[N, K]</c>.</param>
    /// <param name="visits">How it is called.</param>
    /// <param name="task">What they mean.</param>
    /// <param name="images">At least two images; the first <see cref="Images"/> are used.</param>
    /// <param name="labels">Their labels, <c>[N]</c>.</param>
    /// <param name="leftOut">Keeps one check that fails from the others.</param>
    /// <returns>Pairs of quantity and value; see <see cref="QuantityNames"/>. Learning by heart is a matter of right answers, so a regression does not try.</returns>
    public static IReadOnlyList<(string Quantity, double Value)> Measure(
        nn.Module<Tensor, Tensor> network, NetworkVisits visits, LearningTask task, Tensor images, Tensor labels, LeftOut leftOut)
    {
        using var scope = NewDisposeScope();
        var count = Math.Min(Images, images.shape[0]);
        (images, labels) = (images.narrow(0, 0, count), labels.narrow(0, 0, count));
        using var visit = visits.Open();
        using var kept = new KeptState(network);
        var found = new List<(string, double)>();
        leftOut.Try("the check of what the outputs depend on", () => found.AddRange(Dependence(network, images)));
        if (task.HasClasses)
            leftOut.Try("the check whether one batch can be learned", () => found.AddRange(LearnByHeart(network, task, images, labels)));
        return found;
    }

    /// <summary>How far outputs follow their own image, and how far the others of the batch; both relative to the largest output.</summary>
    private static (string Quantity, double Value)[] Dependence(nn.Module<Tensor, Tensor> network, Tensor images)
    {
        using var untracked = no_grad();
        network.eval();
        var outputs = network.call(images);
        var moved = cat([images.narrow(0, 0, 1), images.narrow(0, 1, images.shape[0] - 1).roll(1, 0)]); // the first image stays where it was
        var again = network.call(moved);
        var scale = Largest(outputs) + 1e-30;
        return
        [
            (QuantityNames.InputDependence, Largest(outputs - outputs.roll(1, 0)) / scale),
            (QuantityNames.BatchMixing, Largest(outputs[0] - again[0]) / scale),
        ];
    }

    private static double Largest(Tensor values) => values.abs().max().to(ScalarType.Float64).item<double>();

    /// <summary>Share of the images that are classified right in the end; nothing for outputs other than <c>[N, K]</c>.</summary>
    private static (string Quantity, double Value)[] LearnByHeart(
        nn.Module<Tensor, Tensor> network, LearningTask task, Tensor images, Tensor labels)
    {
        using var hold = GlobalRandom.Enter();
        using var random = new SeededRandomState(TrainingOptions.DefaultSeed);
        using var tracked = enable_grad();
        using var optimizer = optim.Adam(network.parameters().Where(parameter => parameter.requires_grad), LearningRate);
        var best = 0.0;
        for (var step = 1; step <= Steps && best < 1; step++)
        {
            using var scope = NewDisposeScope();
            network.train();
            optimizer.zero_grad();
            var outputs = network.call(images);
            if (outputs.dim() != 2)
                return [];
            var loss = task.Loss(outputs, labels);
            if (!loss.requires_grad)
                throw new NetworkException("Nothing can be learned: the loss depends on no parameter that has requires_grad.");
            loss.backward();
            optimizer.step();
            if (step % StepsBetweenLooks == 0)
                best = Math.Max(best, Accuracy(network, task, images, labels));
        }

        return [(QuantityNames.OneBatchAccuracy, best)];
    }

    private static double Accuracy(nn.Module<Tensor, Tensor> network, LearningTask task, Tensor images, Tensor labels)
    {
        using var untracked = no_grad();
        network.eval();
        return task.ClassLogits(network.call(images))!.argmax(1).eq(labels).mean([], false, ScalarType.Float64).item<double>();
    }
}
