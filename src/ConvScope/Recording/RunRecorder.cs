using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ConvScope.Checkpoints;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Recording;

/// <summary>
/// Observes a training and writes its record: metadata, readings at the scheduled steps, the metrics of each epoch, and the weights before the first step and
/// after each epoch. It changes nothing in the training, and a record that cannot be written costs one warning.
/// </summary>
/// <remarks>An instance records one training.</remarks>
public sealed partial class RunRecorder : TrainingObserver, IDisposable
{
    private static readonly IReadOnlyList<Quantity> _quantities =
        [new BatchLoss(), new GradientNorm(), new GradientMean(), new GradientMax(), new WeightNorm()];

    private readonly InspectionOptions _options;
    private readonly NetworkSpec? _network;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Stopwatch _cost = new();
    private readonly Dictionary<(Quantity, string), Series> _series = [];
    private nn.Module<Tensor, Tensor>? _module;
    private ScalarCollector? _collector;
    private RunRecordWriter? _writer;
    private long _started;

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
        _logger = logger ?? NullLogger.Instance;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>The folder that holds the record; null before the training started and where none could be written.</summary>
    public string? RunFolder { get; private set; }

    /// <inheritdoc />
    public override void OnTrainingStarted(TrainingStarted started)
    {
        ArgumentNullException.ThrowIfNull(started);
        _started = _time.GetTimestamp();
        _cost.Start();
        try
        {
            (_writer, RunFolder) = Open(Metadata(started));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or Microsoft.Data.Sqlite.SqliteException)
        {
            Warn(exception);
            return;
        }

        _module = started.Network;
        _collector = new ScalarCollector(_quantities, started.Network);
        AppendSnapshot(step: 0, epoch: 0);
        _cost.Stop();
    }

    /// <inheritdoc />
    public override void OnStepCompleted(StepCompleted completed)
    {
        ArgumentNullException.ThrowIfNull(completed);
        if (_writer is null || !_options.Schedule.IsDue(completed.Step))
            return;
        _cost.Start();
        var values = _collector!.Collect(completed).ConvertAll(reading => (SeriesOf(reading.Quantity, reading.Target), reading.Value));
        _writer.Append(new StepReadings(completed.Step, completed.Epoch, Elapsed(), values));
        _cost.Stop();
    }

    /// <inheritdoc />
    public override void OnEpochCompleted(EpochCompleted completed)
    {
        ArgumentNullException.ThrowIfNull(completed);
        if (_writer is null)
            return;
        _cost.Start();
        var metrics = completed.Metrics;
        List<(Series, double)> values =
        [
            (new Series(QuantityNames.TrainLoss, "", "nats"), metrics.TrainLoss),
            (new Series(QuantityNames.TrainAccuracy, "", "fraction"), metrics.TrainAccuracy),
        ];
        if (metrics.ValidationLoss is { } loss)
            values.Add((new Series(QuantityNames.ValidationLoss, "", "nats"), loss));
        if (metrics.ValidationAccuracy is { } accuracy)
            values.Add((new Series(QuantityNames.ValidationAccuracy, "", "fraction"), accuracy));
        _writer.Append(new StepReadings(completed.Step, metrics.Epoch, Elapsed(), values));
        AppendSnapshot(completed.Step + 1, metrics.Epoch);
        _cost.Stop();
    }

    /// <inheritdoc />
    public override void OnTrainingEnded(TrainingEnded ended)
    {
        ArgumentNullException.ThrowIfNull(ended);
        _module = null;
        _collector = null;
        if (_writer is null)
            return;
        _writer.SetMetadata(new Dictionary<string, string>
        {
            [MetadataNames.Status] = ended.Outcome switch
            {
                TrainingOutcome.Completed => "completed",
                TrainingOutcome.Cancelled => "cancelled",
                _ => "failed",
            },
            [MetadataNames.TrainingSeconds] = Text(ended.Seconds),
            [MetadataNames.InspectionSeconds] = Text(_cost.Elapsed.TotalSeconds),
        });
        Dispose();
    }

    /// <summary>Closes the record. A training that ends does so itself; this is for one that never got so far.</summary>
    public void Dispose()
    {
        _writer?.Dispose();
        _writer = null;
    }

    private (RunRecordWriter Writer, string Folder) Open(Dictionary<string, string> metadata)
    {
        for (var number = 1; ; number++)
        {
            var folder = number == 1 ? _options.Folder : $"{_options.Folder.TrimEnd('/', '\\')}-{number:D3}";
            if (File.Exists(Path.Combine(folder, RecordSchema.FileName)))
                continue;
            try
            {
                return (new RunRecordWriter(folder, metadata, Warn), folder);
            }
            catch (IOException) when (File.Exists(Path.Combine(folder, RecordSchema.FileName)))
            {
                // another training took the folder in between
            }
        }
    }

    private Dictionary<string, string> Metadata(TrainingStarted started)
    {
        var metadata = new Dictionary<string, string>
        {
            [MetadataNames.Network] = _network?.Name ?? started.Network.GetName(),
            [MetadataNames.TrainCount] = Text(started.TrainCount),
            [MetadataNames.ValidationCount] = Text(started.ValidationCount),
            [MetadataNames.StepsPerEpoch] = Text(started.StepsPerEpoch),
            [MetadataNames.Options] = JsonSerializer.Serialize(started.Options, JsonSerializerOptions.Web),
            [MetadataNames.Schedule] = _options.Schedule.ToString(),
            [MetadataNames.Device] = started.Device.ToString(),
            [MetadataNames.Versions] = $"ConvScope {typeof(RunRecorder).Assembly.GetName().Version}, TorchSharp {typeof(torch).Assembly.GetName().Version}, "
                + $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}",
            [MetadataNames.Started] = _time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
            [MetadataNames.Status] = "running",
        };
        if (_network is not null)
            metadata[MetadataNames.NetworkJson] = _network.ToJson();
        if (_options.Dataset is not null)
            metadata[MetadataNames.Dataset] = _options.Dataset;
        return metadata;
    }

    private void AppendSnapshot(long step, int epoch) => _writer!.AppendSnapshot(step, epoch, ModuleState.Read(_module!));

    private Series SeriesOf(Quantity quantity, string target)
    {
        if (!_series.TryGetValue((quantity, target), out var series))
            _series[(quantity, target)] = series = new Series(quantity.Name, target, quantity.Unit);
        return series;
    }

    private double Elapsed() => _time.GetElapsedTime(_started).TotalSeconds;

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private void Warn(Exception exception) => LogUnwritable(_logger, _options.Folder, exception.Message, exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The record in '{Folder}' cannot be written; the training goes on without it. {Reason}")]
    private static partial void LogUnwritable(ILogger logger, string folder, string reason, Exception exception);
}
