using ConvScope.Records.Diagnosis;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.NonFinite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConvScope.Inspection;

/// <summary>Diagnoses a training that a <see cref="RunRecorder"/> records, while it runs. It comes after the recorder among the observers.</summary>
/// <remarks>An instance serves one training.</remarks>
public sealed class DiagnosisObserver : TrainingObserver
{
    private readonly RunRecorder _recorder;
    private readonly Severity? _stopOn;
    private readonly Action<Finding>? _stop;
    private readonly ILogger _logger;
    private RunDiagnosis? _diagnosis;
    private bool _stopped;

    /// <summary>Makes an observer.</summary>
    /// <param name="recorder">The recorder whose readings are looked at.</param>
    /// <param name="stopOn">Severity from which on a finding is to end the training; null for never.</param>
    /// <param name="stop">Called once with the first such finding; it ends the training, such as by cancelling its token. Null for nothing.</param>
    /// <param name="logger">Gets a line a finding; null for nobody.</param>
    public DiagnosisObserver(RunRecorder recorder, Severity? stopOn = null, Action<Finding>? stop = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(recorder);
        _recorder = recorder;
        _stopOn = stopOn;
        _stop = stop;
        _logger = logger ?? NullLogger.Instance;
    }

    /// <summary>The findings so far, in the order in which they were made.</summary>
    public IReadOnlyCollection<Finding> Findings => _diagnosis?.Findings ?? [];

    /// <inheritdoc />
    public override void OnTrainingStarted(TrainingStarted started)
    {
        ArgumentNullException.ThrowIfNull(started);
        if (_recorder.Inspection is { } inspection)
            _diagnosis = RunDiagnosis.Listen(inspection, new RunFacts { BatchSize = started.Options.BatchSize, StepsPerEpoch = started.StepsPerEpoch }, _stopOn, _logger);
        StopIfDue();
    }

    /// <inheritdoc />
    public override void OnStepCompleted(StepCompleted completed) => StopIfDue();

    /// <inheritdoc />
    public override void OnEpochCompleted(EpochCompleted completed) => StopIfDue();

    /// <inheritdoc />
    public override void OnNonFinite(NonFiniteState state) => StopIfDue();

    private void StopIfDue()
    {
        if (_stopped || _diagnosis?.Stopping is not { } finding)
            return;
        _stopped = true;
        _stop?.Invoke(finding);
    }
}
