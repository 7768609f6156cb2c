namespace ConvScope.Training;

/// <summary>How a training ended.</summary>
public enum TrainingOutcome
{
    /// <summary>All epochs were trained.</summary>
    Completed,

    /// <summary>An observer, such as a rule of the diagnosis, or <see cref="Optimization.EarlyStopping"/> asked for the end.</summary>
    Stopped,

    /// <summary>The caller's cancellation token asked for the end.</summary>
    Cancelled,

    /// <summary>An exception ended it.</summary>
    Failed,
}
