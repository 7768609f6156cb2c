namespace ConvScope.Training;

/// <summary>An epoch and its validation are over.</summary>
/// <param name="Step">The epoch's last update, from 0 over the whole training.</param>
/// <param name="Metrics">What the epoch came to.</param>
public sealed record EpochCompleted(long Step, EpochMetrics Metrics);
