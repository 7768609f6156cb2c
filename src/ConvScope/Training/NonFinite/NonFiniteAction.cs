namespace ConvScope.Training.NonFinite;

/// <summary>What becomes of a training that is no longer finite: a loss is NaN or infinite, or weights are.</summary>
public enum NonFiniteAction
{
    /// <summary>It ends with a <see cref="NonFiniteTrainingException"/>.</summary>
    Stop,

    /// <summary>It goes on with one warning. What is not finite is kept neither as a checkpoint nor as the best weights.</summary>
    Continue,
}
