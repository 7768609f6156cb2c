using ConvScope.Records.Recording;
using ConvScope.Training.NonFinite;

namespace ConvScope.Training;

/// <summary>
/// Watches a training. Override what is of interest; every method does nothing by default.
/// </summary>
/// <remarks>
/// Calls come on the training's thread, in order: started, then steps and epochs, and what is not finite among them, then ended. The events
/// are never changed after they were raised.
/// An observer cannot harm a training: the first exception it throws is logged once, and from then on it is told only of the end. It may ask for the end with <c>Stop(reason)</c> on an event; the step is
/// finished, and the training ends as <see cref="TrainingOutcome.Stopped"/>.
/// </remarks>
public abstract class TrainingObserver
{
    /// <summary>The training is about to make its first step.</summary>
    public virtual void OnTrainingStarted(TrainingStarted started)
    {
    }

    /// <summary>One optimizer update has been made. The event's tensors are alive only during the call.</summary>
    public virtual void OnStepCompleted(StepCompleted completed)
    {
    }

    /// <summary>An epoch and its validation are over.</summary>
    public virtual void OnEpochCompleted(EpochCompleted completed)
    {
    }

    /// <summary>
    /// A loss, or weights, are NaN or infinite. Told once, with the first such thing, before the update that would follow; then the
    /// training ends, or goes on, as <see cref="TrainingOptions.OnNonFinite"/> says.
    /// </summary>
    public virtual void OnNonFinite(NonFiniteState state)
    {
    }

    /// <summary>The training is over, whether it was completed, stopped, cancelled or failed.</summary>
    public virtual void OnTrainingEnded(TrainingEnded ended)
    {
    }

    /// <summary>The folder that this observer has claimed for the run, in which the training's checkpoints go too; null where it keeps none.</summary>
    internal virtual RunDirectory? Directory => null;

    /// <summary>Whether it claims one.</summary>
    internal virtual bool KeepsRun => false;
}
