using ConvScope.Training.NonFinite;

namespace ConvScope.Training;

/// <summary>What a completed training came to.</summary>
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
}
