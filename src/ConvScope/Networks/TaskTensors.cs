using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Networks;

/// <summary>What a learning task does to tensors: its loss, its predictions, its checks. There are three tasks, and the switches over them are closed.</summary>
public static class TaskTensors
{
    private const float Smallest = 1e-30f; // so that images that all weigh nothing give 0

    /// <summary>
    /// Mean loss over a batch. Multiclass: cross-entropy in nats. Binary: the mean of <c>−t ln p − (1 − t) ln(1 − p)</c> with <c>p = sigmoid(z)</c>; the target <c>t</c> is the label, smoothed to
    /// <c>label × (1 − smoothing) + smoothing / 2</c>. Regression: the mean of <c>(output − (label − Mean) / StandardDeviation)²</c>.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="outputs">The network's outputs, <c>[N, K]</c> or <c>[N, 1]</c>.</param>
    /// <param name="labels">The labels, <c>[N]</c>.</param>
    /// <param name="smoothing">Share of the target probability that all classes get alike, 0 to below 1; 0 where there are no classes.</param>
    /// <param name="classWeights">Factor of each class, <c>[K]</c>, on the outputs' device: the weighted mean; null for 1 each.</param>
    /// <param name="weights">Factor of each image, <c>[N]</c>, on the outputs' device: the weighted mean; null for 1 each.</param>
    /// <returns>A scalar in the dispose scope that is open.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A regression is asked to smooth.</exception>
    public static Tensor Loss(this LearningTask task, Tensor outputs, Tensor labels, double smoothing = 0, Tensor? classWeights = null, Tensor? weights = null)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(labels);
        if (weights is not null)
            return Weighted(task, outputs, labels, smoothing, classWeights, weights);
        switch (task)
        {
            case BinaryTask:
                var targets = labels.to(outputs.dtype).mul(1 - smoothing).add(smoothing / 2);
                if (classWeights is null)
                    return nn.functional.binary_cross_entropy_with_logits(outputs.squeeze(1), targets);
                var factors = classWeights.index_select(0, labels).to(outputs.dtype); // [N]
                return nn.functional.binary_cross_entropy_with_logits(outputs.squeeze(1), targets, factors).div(factors.mean());
            case RegressionTask regression:
                ArgumentOutOfRangeException.ThrowIfNotEqual(smoothing, 0); // nothing to smooth without classes
                return nn.functional.mse_loss(outputs.squeeze(1), regression.Standardize(labels));
            default:
                return nn.functional.cross_entropy(outputs, labels, classWeights is null ? null : Padded(classWeights, outputs), label_smoothing: smoothing);
        }
    }

    /// <summary>The mean of the images' losses by their weights; 0 where all weigh nothing.</summary>
    private static Tensor Weighted(LearningTask task, Tensor outputs, Tensor labels, double smoothing, Tensor? classWeights, Tensor weights)
    {
        var each = task switch // [N]
        {
            BinaryTask => nn.functional.binary_cross_entropy_with_logits(outputs.squeeze(1), labels.to(outputs.dtype).mul(1 - smoothing).add(smoothing / 2), reduction: nn.Reduction.None),
            RegressionTask regression => outputs.squeeze(1).sub(regression.Standardize(labels)).square(),
            _ => nn.functional.cross_entropy(outputs, labels, classWeights is null ? null : Padded(classWeights, outputs), label_smoothing: smoothing, reduction: nn.Reduction.None),
        };
        weights = weights.to(each.dtype);
        if (classWeights is null)
            return each.mul(weights).sum().div(weights.sum().clamp_min(Smallest));
        var factors = weights.mul((task is BinaryTask ? classWeights : Padded(classWeights, outputs)).to(each.dtype).index_select(0, labels)); // [N]
        return each.mul(task is BinaryTask ? factors : weights).sum().div(factors.sum().clamp_min(Smallest));
    }

    /// <summary>Weights for all outputs: classes behind the last that has one weigh 1.</summary>
    private static Tensor Padded(Tensor weights, Tensor outputs)
    {
        var missing = outputs.shape[1] - weights.shape[0];
        weights = weights.to(outputs.dtype);
        return missing <= 0 ? weights : cat([weights, ones(missing, outputs.dtype, outputs.device)]);
    }

    /// <summary>What the outputs say: probabilities of classes, or values in the label's unit.</summary>
    /// <param name="task">The task.</param>
    /// <param name="outputs">The network's outputs, <c>[N, K]</c> or <c>[N, 1]</c>.</param>
    /// <returns>A tensor of the outputs' shape in the dispose scope that is open.</returns>
    public static Tensor Predict(this LearningTask task, Tensor outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return task switch
        {
            BinaryTask => outputs.sigmoid(),
            RegressionTask regression => outputs.mul(regression.StandardDeviation).add(regression.Mean),
            _ => outputs.softmax(1),
        };
    }

    /// <summary>A logit for each class, <c>[N, K]</c>, whose softmax is the classes' probability; null where there are no classes.</summary>
    /// <remarks>A binary task has −z/2 and z/2: their softmax is 1 − sigmoid(z) and sigmoid(z).</remarks>
    internal static Tensor? ClassLogits(this LearningTask task, Tensor outputs) => task switch
    {
        BinaryTask => cat([outputs.mul(-0.5), outputs.mul(0.5)], 1),
        RegressionTask => null,
        _ => outputs,
    };

    /// <summary>Labels as the network learns them, 32-bit floats.</summary>
    internal static Tensor Standardize(this RegressionTask task, Tensor labels) =>
        labels.to(ScalarType.Float64).sub(task.Mean).div(task.StandardDeviation).to(ScalarType.Float32);

    /// <summary>The task of a network: that of its description, or the one that was stated for a network without.</summary>
    /// <exception cref="ArgumentException">The two differ.</exception>
    internal static LearningTask Of(nn.Module network, LearningTask? stated)
    {
        if (network is not SpecNetwork { Spec: var spec })
            return stated ?? new MulticlassTask();
        return stated is null || stated == spec.Task
            ? spec.Task
            : throw new ArgumentException($"Network '{spec.Name}' is described for {spec.Task}; {stated} was asked for. Describe it for that with {nameof(NetworkSpec)}.{nameof(NetworkSpec.For)}.", nameof(stated));
    }

    /// <summary>Checks what a network has given for images, and their labels, before torch fails in native code.</summary>
    /// <param name="task">The task.</param>
    /// <param name="outputs">Shape of the outputs.</param>
    /// <param name="labels">The labels of a set.</param>
    /// <param name="set">The set in words: <c>training set</c>.</param>
    /// <exception cref="ArgumentException">They do not fit the task.</exception>
    internal static void Check(this LearningTask task, long[] outputs, Tensor labels, string set)
    {
        var (type, words) = task switch
        {
            BinaryTask => (ScalarType.Int64, "0 and 1, 64-bit integers"),
            RegressionTask => (ScalarType.Float32, "32-bit floats"),
            _ => (ScalarType.Int64, "class indices, 64-bit integers"),
        };
        if (task is not MulticlassTask && outputs is not [_, 1])
            throw new ArgumentException($"A network for {task} gives one value an image, [N, 1]; this one gives [{string.Join(", ", outputs)}].");
        if (labels.dtype != type)
            throw new ArgumentException($"Labels for {task} are {words}; those of the {set} are of type {labels.dtype}.");
        if (!task.HasClasses)
            return;
        using var largest = labels.max();
        var label = largest.item<long>();
        if (task is BinaryTask && label > 1)
            throw new ArgumentException($"The {set} has label {label}; binary classification knows 0 and 1.");
        if (task is MulticlassTask && label >= outputs[^1])
            throw new ArgumentException($"The {set} has label {label}; the network tells {outputs[^1]} classes apart, 0 to {outputs[^1] - 1}.");
    }
}
