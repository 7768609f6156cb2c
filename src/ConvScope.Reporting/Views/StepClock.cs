using ConvScope.Records.Recording;

namespace ConvScope.Reporting.Views;

/// <summary>When the steps of a record were made.</summary>
/// <param name="steps">The recorded steps.</param>
internal sealed class StepClock(IReadOnlyList<RecordedStep> steps)
{
    private readonly Dictionary<long, double> _seconds = steps.ToDictionary(step => step.Step, step => Math.Round(step.Seconds, 3));

    /// <summary>Reads the clock of a record, from after a step on.</summary>
    public static StepClock Of(RunRecord record, long afterStep = -1) => new(record.ReadSteps(afterStep));

    /// <summary>Seconds from the training's beginning to a step.</summary>
    public double SecondsAt(long step) => _seconds.GetValueOrDefault(step);
}
