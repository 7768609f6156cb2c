using System.Text.Json.Serialization;

namespace ConvScope.Training;

/// <summary>How a network is trained: stochastic gradient descent with momentum on the mean cross-entropy of each batch.</summary>
/// <remarks>The values are checked when a <see cref="Trainer"/> takes them. They hold no state: one instance may serve many trainings.</remarks>
public sealed record TrainingOptions
{
    /// <summary>The seed where none was given.</summary>
    public const long DefaultSeed = 1;

    /// <summary>Passes over the training set, at least 1. Default 5.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>Images a step, at least 1; the last batch of an epoch holds what is left. Default 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Learning rate of the optimizer, positive and finite. Default 0.01.</summary>
    public double LearningRate { get; init; } = 0.01;

    /// <summary>Momentum of the optimizer, 0 to below 1. Default 0.9.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>
    /// Seed of the initial weights and of the order of the images. The same seed, data and number of torch threads give the same losses to the last
    /// bit on the CPU. Null, the default, takes the seed of the <c>MLContext</c> where there is one, else <see cref="DefaultSeed"/>.
    /// </summary>
    public long? Seed { get; init; }

    /// <summary>Where and how often the training is saved, so that it can be resumed; null, the default, for never.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CheckpointOptions? Checkpoints { get; init; }

    /// <summary>
    /// A checkpoint to go on from, or a folder of checkpoints, of which the last whole one is taken; null, the default, to begin anew. Weights, optimizer, random states and the metrics of the epochs so far
    /// are restored: with the same data and options the rest of the training is, on the CPU, the same to the last bit as one that was never interrupted.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ResumeFrom { get; init; }

    /// <summary>Checks every value against its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        Check(Epochs >= 1, nameof(Epochs), Epochs, "at least 1");
        Check(BatchSize >= 1, nameof(BatchSize), BatchSize, "at least 1");
        Check(double.IsFinite(LearningRate) && LearningRate > 0, nameof(LearningRate), LearningRate, "positive and finite");
        Checkpoints?.Validate();
        Check(Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "0 to below 1");
    }

    private static void Check(bool holds, string name, object value, string allowed)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {allowed}.");
    }
}
