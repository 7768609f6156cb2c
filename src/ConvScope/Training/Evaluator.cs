using static TorchSharp.torch;

namespace ConvScope.Training;

/// <summary>Measures a network on images that it is not trained on: evaluation mode, no gradients.</summary>
public static class Evaluator
{
    /// <summary>Loss, accuracy, confusions and worst mistakes over a whole set. The network's mode is restored.</summary>
    /// <param name="network">Gives logits <c>[N, K]</c> for raw pixels <c>[N, C, H, W]</c>, on the device of the images.</param>
    /// <param name="data">The set.</param>
    /// <param name="batchSize">Images a forward pass, at least 1; it does not change the result beyond rounding.</param>
    public static Scores Evaluate(nn.Module<Tensor, Tensor> network, LabeledImages data, int batchSize = 256)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        var wasTraining = network.training;
        using var untracked = no_grad();
        using var totals = new RunningTotals(data.Images.device);
        using var worst = new WorstMistakes();
        network.eval();
        try
        {
            for (var start = 0L; start < data.Count; start += batchSize)
            {
                using var scope = NewDisposeScope();
                var size = Math.Min(batchSize, data.Count - start);
                var labels = data.Labels.narrow(0, start, size); // [N]
                var outputs = network.call(data.Images.narrow(0, start, size)); // [N, K]
                totals.Add(nn.functional.cross_entropy(outputs, labels), outputs, labels);
                worst.Add(outputs, labels, start);
            }

            return totals.Read() with { WorstMistakes = worst.Read() };
        }
        finally
        {
            network.train(wasTraining);
        }
    }
}
