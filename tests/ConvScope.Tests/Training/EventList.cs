using ConvScope.Training;

namespace ConvScope.Tests.Training;

/// <summary>Notes every event as a line of text.</summary>
internal sealed class EventList : TrainingObserver
{
    public List<string> Lines { get; } = [];

    /// <summary>Thrown at every event whose line begins with <see cref="FailAt"/>.</summary>
    public Exception? Failure { get; init; }

    public string FailAt { get; init; } = "";

    /// <summary>The event that ended the training.</summary>
    public TrainingEnded? End { get; private set; }

    public override void OnTrainingStarted(TrainingStarted started) =>
        Note($"started: {started.TrainCount} + {started.ValidationCount} images, {started.StepsPerEpoch} steps an epoch on {started.Device}");

    public override void OnStepCompleted(StepCompleted completed) => Note($"step {completed.Step} of epoch {completed.Epoch}: {completed.Labels.NumberOfElements} images");

    public override void OnEpochCompleted(EpochCompleted completed) => Note($"epoch {completed.Metrics.Epoch} after step {completed.Step}");

    public override void OnTrainingEnded(TrainingEnded ended)
    {
        End = ended;
        Note($"ended: {ended.Outcome} after {ended.Steps} steps");
    }

    private void Note(string line)
    {
        Lines.Add(line);
        if (Failure is not null && line.StartsWith(FailAt, StringComparison.Ordinal))
            throw Failure;
    }
}
