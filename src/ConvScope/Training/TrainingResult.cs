using ConvScope.Training.NonFinite;

namespace ConvScope.Training;

/// <summary>What a training came to that was completed or stopped.</summary>
/// <param name="Epochs">The metrics of each epoch, in order.</param>
/// <param name="Steps">Optimizer updates that were made.</param>
/// <param name="Seconds">Duration in seconds, observers and validation included.</param>
public sealed record TrainingResult(IReadOnlyList<EpochMetrics> Epochs, long Steps, double Seconds)
{
    /// <summary>
    /// The first loss, or weights, that were NaN or infinite in a training that went on all the same, as
    /// <see cref="NonFiniteAction.Continue"/> says; null where all were finite.
    /// </summary>
    public NonFiniteState? NonFinite { get; init; }

    /// <summary><see cref="TrainingOutcome.Completed"/> or <see cref="TrainingOutcome.Stopped"/>.</summary>
    public TrainingOutcome Outcome { get; init; } = TrainingOutcome.Completed;

    /// <summary>Why the training was stopped, in words; null where all epochs were trained.</summary>
    public string? StopReason { get; init; }
}
