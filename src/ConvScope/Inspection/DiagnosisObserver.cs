using ConvScope.Records.Diagnosis;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.NonFinite;
using Microsoft.Extensions.Logging;

namespace ConvScope.Inspection;

/// <summary>Diagnoses a training that a <see cref="RunRecorder"/> records, while it runs. It comes after the recorder among the observers.</summary>
/// <remarks>An instance serves one training.</remarks>
public sealed class DiagnosisObserver : TrainingObserver
{
    private readonly RunRecorder _recorder;
    private readonly Severity? _stopOn;
    private readonly IReadOnlyList<Rule>? _rules;
    private readonly ILogger _logger;
    private RunDiagnosis? _diagnosis;

    /// <summary>Makes an observer.</summary>
    /// <param name="recorder">The recorder whose readings are looked at.</param>
    /// <param name="stopOn">Severity from which on a finding ends the training as <see cref="TrainingOutcome.Stopped"/>; null for never.</param>
    /// <param name="rules">The rules; null for <see cref="DefaultRules.All"/>.</param>
    /// <param name="logger">Gets a line a finding; null for nobody.</param>
    public DiagnosisObserver(RunRecorder recorder, Severity? stopOn = null, IReadOnlyList<Rule>? rules = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(recorder);
        _recorder = recorder;
        _stopOn = stopOn;
        _rules = rules;
        _logger = QuietLogger.Of(logger);
    }

    /// <summary>The findings so far, in the order in which they were made.</summary>
    public IReadOnlyCollection<Finding> Findings => _diagnosis?.Findings ?? [];

    /// <summary>The first finding that was bad enough to end the training; null where there was none.</summary>
    public Finding? Stopping => _diagnosis?.Stopping;

    /// <inheritdoc />
    public override void OnTrainingStarted(TrainingStarted started)
    {
        ArgumentNullException.ThrowIfNull(started);
        if (_recorder.Inspection is { } inspection)
            _diagnosis = RunDiagnosis.Listen(inspection, new RunFacts { BatchSize = started.Options.BatchSize, StepsPerEpoch = started.StepsPerEpoch }, _rules, _stopOn, _logger);
        StopIfDue(started.Stop);
    }

    /// <inheritdoc />
    public override void OnStepCompleted(StepCompleted completed)
    {
        ArgumentNullException.ThrowIfNull(completed);
        StopIfDue(completed.Stop);
    }

    /// <inheritdoc />
    public override void OnEpochCompleted(EpochCompleted completed)
    {
        ArgumentNullException.ThrowIfNull(completed);
        StopIfDue(completed.Stop);
    }

    /// <inheritdoc />
    public override void OnNonFinite(NonFiniteState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        StopIfDue(state.Stop);
    }

    private void StopIfDue(Action<string> stop)
    {
        if (Stopping is { } finding)
            stop(finding.ToString());
    }
}
