using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Records.Files;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Training.Images;
using static TorchSharp.torch;

namespace ConvScope.Training;

/// <summary>Measures a network on images that it is not trained on: evaluation mode, no gradients.</summary>
public static class Evaluator
{
    /// <summary>Loss, accuracy, confusions and worst mistakes, or the errors of a regression, over a whole set. The network's mode is restored.</summary>
    /// <param name="network">Gives logits <c>[N, K]</c>, or one value <c>[N, 1]</c>, for raw pixels <c>[N, C, H, W]</c>, on the device of the images.</param>
    /// <param name="data">The set.</param>
    /// <param name="batchSize">Images a forward pass, at least 1; it does not change the result beyond rounding.</param>
    /// <param name="task">What the outputs mean; null for what the network's description says, or multiclass classification for a network without.</param>
    /// <param name="cancellation">Ends a wait for images that are streamed.</param>
    /// <exception cref="ArgumentException">
    /// The network is described for another task, or lies on another device than the images.
    /// </exception>
    /// <exception cref="DamagedFileException">An image of a streamed set is corrupt, and its decoding says that this is the end.</exception>
    public static Scores Evaluate(nn.Module<Tensor, Tensor> network, TrainingImages data, int batchSize = 256, LearningTask? task = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        task = TaskTensors.Of(network, task);
        if (Devices.Difference(network, data.Device) is { } difference)
            throw new ArgumentException(difference, nameof(network));
        var wasTraining = network.training;
        using var untracked = no_grad();
        using var totals = new RunningTotals(data.Device, task);
        using var batches = data.InOrder(batchSize, cancellation);
        using var worst = new WorstMistakes(task);
        network.eval();
        try
        {
            while (batches.MoveNext())
            {
                using var scope = NewDisposeScope();
                var (images, labels) = batches.Take(); // [N, C, H, W], [N]
                var outputs = network.call(images); // [N, K]
                totals.Add(task.Loss(outputs, labels), outputs, labels);
                worst.Add(outputs, labels, batches.TakeRows());
            }

            return totals.Read() with { WorstMistakes = worst.Read(), WaitingSeconds = batches.WaitingSeconds };
        }
        finally
        {
            network.train(wasTraining);
        }
    }
}
