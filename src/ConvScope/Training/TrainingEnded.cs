namespace ConvScope.Training;

/// <summary>A training is over; no other event follows. Raised once for every training that started, however it ended.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Steps">Optimizer updates that were made.</param>
/// <param name="Seconds">Seconds since it started, observers included.</param>
/// <param name="Failure">What ended it where it failed; else null.</param>
public sealed record TrainingEnded(TrainingOutcome Outcome, long Steps, double Seconds, Exception? Failure)
{
    /// <summary>Why it ended, in words; null where all epochs were trained.</summary>
    public string? Reason { get; init; }
}
