namespace ConvScope.Training;

/// <summary>An epoch and its validation are over.</summary>
/// <param name="Step">The epoch's last update, from 0 over the whole training.</param>
/// <param name="Metrics">What the epoch came to.</param>
public sealed record EpochCompleted(long Step, EpochMetrics Metrics)
{
    /// <summary>Asks for the end of the training before its next step; it is then <see cref="TrainingOutcome.Stopped"/>. The first reason counts.</summary>
    /// <param name="reason">Why, in words: it is kept with the record.</param>
    public void Stop(string reason) => StopRequest?.Ask(reason);

    internal StopRequest? StopRequest { get; init; }
}
