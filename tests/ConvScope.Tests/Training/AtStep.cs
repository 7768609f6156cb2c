using ConvScope.Training;

namespace ConvScope.Tests.Training;

/// <summary>Does something once in a training, after a step.</summary>
internal sealed class AtStep(long step, Action act) : TrainingObserver
{
    public override void OnStepCompleted(StepCompleted completed)
    {
        if (completed.Step == step)
            act();
    }
}
