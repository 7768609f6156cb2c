using System.Globalization;
using System.Text.Json;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Records.Networks;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.Images;
using ConvScope.Training.NonFinite;
using ConvScope.Training.Saving;
using Microsoft.Extensions.Logging;

namespace ConvScope.Inspection;

/// <summary>
/// Observes a training and writes its record: metadata, readings at the scheduled steps, the metrics of each epoch, and the weights before the first step and
/// after each epoch; then, however the training ended, figures, <c>report.html</c> and <c>summary.json</c>. It changes nothing in the training, and a record that cannot be written costs one warning.
/// </summary>
/// <remarks>An instance records one training.</remarks>
public sealed class RunRecorder : TrainingObserver, IDisposable
{
    private readonly InspectionOptions _options;
    private readonly NetworkSpec? _network;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private TrainingImages? _validation;
    private double? _waitingSeconds;
    private long _skippedImages;
    private bool _hasSeenAugmentation;
    private string _lossUnit = "nats";
    private RunDirectory? _directory;
    private Exception? _failure; // what ended the inspection before the training was over

    /// <summary>Makes a recorder; nothing is written before the training starts.</summary>
    /// <param name="options">What is measured and where it is kept; checked here.</param>
    /// <param name="network">The network's description, kept with the record; null where there is none.</param>
    /// <param name="logger">Gets the warning where the record cannot be written; null for nobody.</param>
    /// <param name="time">Gives the time; null for the system's clock.</param>
    public RunRecorder(InspectionOptions options, NetworkSpec? network = null, ILogger? logger = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _network = network;
        _logger = QuietLogger.Of(logger);
        _time = time ?? TimeProvider.System;
    }

    /// <summary>The folder that holds the record, as a full path; null before the training started, where none could be written, and where it was moved and another run has it by now.</summary>
    public string? RunFolder => _directory is { IsAnothers: false } directory ? directory.Folder : null;

    /// <summary>The inspection that is under way; null before the training started and after it ended.</summary>
    internal RunInspection? Inspection { get; private set; }

    internal override RunDirectory? Directory => _directory;

    internal override bool KeepsRun => true;

    /// <inheritdoc />
    public override void OnTrainingStarted(TrainingStarted started)
    {
        ArgumentNullException.ThrowIfNull(started);
        Inspection = RunInspection.Start(
            _options, started.Network, started.StepsPerEpoch, started.StepsPerEpoch * started.Options.Epochs, Metadata(started), _logger, started.FirstStep, started.Task, () => Details(started),
            hasValidation: started.Validation is not null, _time, new TrainingOrigin(started.Run, started.Parent));
        _directory = Inspection.Record.Directory;
        (_validation, _lossUnit) = (started.Validation, started.Task.LossUnit);
        if (started is { Train: LabeledImages train, Validation: LabeledImages validation })
            Inspection.Compare(train, validation);
    }

    /// <inheritdoc />
    public override void OnStepCompleted(StepCompleted completed)
    {
        ArgumentNullException.ThrowIfNull(completed);
        Guarded(() => Step(completed));
    }

    private void Step(StepCompleted completed)
    {
        Inspection?.Step(completed.Step, completed.Epoch, completed.Images, completed.Labels, completed.Outputs, completed.Loss, () => [("", completed.LearningRate)]);
        if (!_hasSeenAugmentation && completed.Originals is { } originals)
            Inspection?.AppendAugmentation(completed.Step, completed.Epoch, originals, completed.Images, completed.Labels);
        _hasSeenAugmentation = true;
    }

    /// <inheritdoc />
    public override void OnEpochCompleted(EpochCompleted completed)
    {
        ArgumentNullException.ThrowIfNull(completed);
        Guarded(() => EndEpoch(completed));
    }

    private void EndEpoch(EpochCompleted completed)
    {
        var metrics = completed.Metrics;
        var values = Values(metrics);
        Inspection?.Record.Append(completed.Step, metrics.Epoch, "train", metrics.TrainConfusion);
        Inspection?.Record.Append(completed.Step, metrics.Epoch, "validation", metrics.ValidationConfusion);
        if (metrics.WaitingSeconds is { } waiting)
            _waitingSeconds = (_waitingSeconds ?? 0) + waiting;
        _skippedImages += metrics.SkippedImages;
        if (_validation is not null)
            Inspection?.AppendMistakes(completed.Step, metrics.Epoch, metrics.ValidationMistakes, _validation);
        else
            Inspection?.AppendMistakes(completed.Step, metrics.Epoch);
        Inspection?.EndEpoch(completed.Step, metrics.Epoch, values);
    }

    /// <inheritdoc />
    public override void OnNonFinite(NonFiniteState state) => Inspection?.Append(state);

    /// <inheritdoc />
    public override void OnTrainingEnded(TrainingEnded ended)
    {
        ArgumentNullException.ThrowIfNull(ended);
        if (Inspection is { } inspection)
        {
            var before = inspection.Seconds; // what follows is no part of the seconds that the trainer counted
            try
            {
                if (_failure is null && ended.Outcome is TrainingOutcome.Completed or TrainingOutcome.Stopped)
                    Guarded(() => inspection.AppendAttributions(_validation));
            }
            finally
            {
                Inspection = null;
                _validation = null;
                inspection.End(ended.Outcome.ToString().ToLowerInvariant(), () => ended.Seconds + inspection.Seconds - before, AtEnd(ended.Reason));
                if (_directory is { } directory)
                    RunReport.Write(directory, _options, inspection.Record.IsWhole, _logger);
            }
        }
    }

    /// <summary>Closes the record. A training that ends does so itself; this is for one that never got so far.</summary>
    public void Dispose()
    {
        Inspection?.Dispose();
        Inspection = null;
    }

    /// <summary>Keeps what went wrong for the record; the trainer tells of it, and the training goes on.</summary>
    private void Guarded(Action inspect)
    {
        try
        {
            inspect();
        }
        catch (Exception exception)
        {
            _failure ??= exception;
            throw;
        }
    }

    private Dictionary<string, string> AtEnd(string? reason)
    {
        var metadata = new Dictionary<string, string>();
        if (reason is not null)
            metadata[MetadataNames.Reason] = reason;
        if (_failure is { } failure)
            metadata[MetadataNames.InspectionFailure] = failure.Message;
        if (_waitingSeconds is { } seconds)
            metadata[MetadataNames.WaitingSeconds] = Text(seconds);
        if (_skippedImages > 0)
            metadata[MetadataNames.SkippedImages] = Text(_skippedImages);
        return metadata;
    }

    private Dictionary<string, string> Metadata(TrainingStarted started)
    {
        var metadata = new Dictionary<string, string>
        {
            [MetadataNames.Network] = _network?.Name ?? started.Network.GetName(),
            [MetadataNames.Task] = started.Task.Name,
            [MetadataNames.TrainCount] = Text(started.TrainCount),
            [MetadataNames.ValidationCount] = Text(started.ValidationCount),
            [MetadataNames.StepsPerEpoch] = Text(started.StepsPerEpoch),
            [MetadataNames.Seed] = Text(started.Options.Seed ?? TrainingOptions.DefaultSeed),
            [MetadataNames.Device] = started.Device.ToString(),
            [MetadataNames.Started] = _time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
        };
        if (started.Train?.ClassNames is { Count: > 0 } names)
            metadata[MetadataNames.ClassNames] = RecordedClasses.ToText(names);
        if (started.Weighting is { } words)
            metadata[MetadataNames.LossWeights] = words;
        return metadata;
    }

    /// <summary>What takes some ten milliseconds to say, and is of use only later: texts of the descriptions, and the checksum of the data.</summary>
    private Dictionary<string, string> Details(TrainingStarted started)
    {
        var metadata = new Dictionary<string, string> { [MetadataNames.Options] = JsonSerializer.Serialize(started.Options, JsonSerializerOptions.Web) };
        if (_network is not null)
            metadata[MetadataNames.NetworkJson] = _network.ToJson();
        if (started.Checksum is { } checksum)
            metadata[MetadataNames.Checksum] = checksum;
        return metadata;
    }

    private List<(string Quantity, string Unit, double Value)> Values(EpochMetrics metrics)
    {
        (string Quantity, string Unit, double? Value)[] values =
        [
            (QuantityNames.TrainLoss, _lossUnit, metrics.TrainLoss), (QuantityNames.TrainAccuracy, "fraction", metrics.TrainAccuracy),
            (QuantityNames.TrainError, "label unit", metrics.TrainError?.RootMeanSquared), (QuantityNames.TrainRSquared, "fraction", metrics.TrainError?.RSquared),
            (QuantityNames.ValidationLoss, _lossUnit, metrics.ValidationLoss), (QuantityNames.ValidationAccuracy, "fraction", metrics.ValidationAccuracy),
            (QuantityNames.ValidationError, "label unit", metrics.ValidationError?.RootMeanSquared), (QuantityNames.ValidationRSquared, "fraction", metrics.ValidationError?.RSquared),
        ];
        return [.. values.Where(value => value.Value is not null).Select(value => (value.Quantity, value.Unit, value.Value!.Value))];
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
