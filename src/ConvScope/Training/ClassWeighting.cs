using ConvScope.Records.Networks.Tasks;
using ConvScope.Training.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Training;

/// <summary>How much each class counts in the training loss.</summary>
internal static class ClassWeighting
{
    /// <summary>The factors that the options ask for, <c>[K]</c>, where the images train; null for 1 each.</summary>
    /// <param name="options">The options.</param>
    /// <param name="task">What is learned.</param>
    /// <param name="train">The training set.</param>
    /// <param name="known">Number of classes of the network; 0 where it is not known.</param>
    /// <exception cref="ArgumentException">There are no classes, or a label has no weight.</exception>
    public static Tensor? Of(TrainingOptions options, LearningTask task, TrainingImages train, int known)
    {
        if (options.ClassWeights is null && !options.BalanceClasses)
            return null;
        if (!task.HasClasses)
            throw new ArgumentException($"Class weights are for classes; {task} has none.");
        using var scope = NewDisposeScope();
        var counts = train.AllLabels().cpu().bincount(null, Math.Max(known, options.ClassWeights?.Count ?? 0)).data<long>().ToArray();
        var classes = task is BinaryTask ? 2 : counts.Length;
        if (options.ClassWeights is { } given && (given.Count < Math.Max(counts.Length, classes) || (known > 0 && given.Count != known)))
            throw new ArgumentException($"There are {given.Count} class weights; {(known > 0 ? $"the network tells {known} classes apart" : $"the training set has labels up to {counts.Length - 1}")}.");
        double[] weights = options.ClassWeights is { } stated ? [.. stated] : [.. counts.Select(count => count == 0 ? 0 : (double)train.Count / (counts.Length * count))];
        return tensor(weights, ScalarType.Float32, CPU).to(train.Device).DetachFromDisposeScope();
    }
}
