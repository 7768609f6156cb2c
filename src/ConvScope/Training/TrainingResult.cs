namespace ConvScope.Training;

/// <summary>What a completed training came to.</summary>
/// <param name="Epochs">The metrics of each epoch, in order.</param>
/// <param name="Steps">Optimizer updates that were made.</param>
/// <param name="Seconds">Duration in seconds, observers and validation included.</param>
public sealed record TrainingResult(IReadOnlyList<EpochMetrics> Epochs, long Steps, double Seconds);
