using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ConvScope.Checkpoints;
using ConvScope.Quantities;
using ConvScope.Training;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Recording;

/// <summary>
/// The inspection of one training, whoever runs its loop: measures what is due, keeps the record, and times itself. Nothing here changes the training; what cannot be
/// written costs one warning.
/// </summary>
internal sealed partial class RunInspection : IDisposable
{
    private const int ShownImages = 4;

    // A unit that is active on the probe batch is not dead. Where no layer has more than these shares of others, the whole probe set is not looked at: after an epoch, and in between.
    private const double WorthALook = 0.05;
    private const double Suspicious = 0.25;

    private readonly InspectionOptions _options;
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly ILogger _logger;
    private readonly Stopwatch _cost = Stopwatch.StartNew();
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Dictionary<(string, string), Series> _series = [];
    private readonly Probe _probe;
    private readonly StepMeter _meter;
    private RunRecordWriter? _writer;
    private long _deadChecked = -1;
    private double _inactive = 1; // largest share of a layer's units that were not active on the last look at the probe batch
    private bool _dataChecked;

    private RunInspection(InspectionOptions options, nn.Module<Tensor, Tensor> network, long stepsPerEpoch, ILogger logger)
    {
        _options = options;
        _network = network;
        _logger = logger;
        _probe = new Probe(network);
        _meter = new StepMeter(network, _probe, options.Plan(), options.Budget, stepsPerEpoch);
    }

    /// <summary>The folder that holds the record; null where none could be written.</summary>
    public string? Folder { get; private set; }

    /// <summary>The layers in forward order, the input first; empty before they were looked at.</summary>
    public IReadOnlyList<LayerFact> Layers { get; private set; } = [];

    /// <summary>Number of classes, as the outputs have them; 0 before the first step and where they are not known.</summary>
    public int ClassCount { get; private set; }

    /// <summary>Images a step; 0 before the first step and where it is not known.</summary>
    public long BatchSize { get; private set; }

    /// <summary>Whether the probe set is not full yet.</summary>
    public bool WantsImages => !_probe.IsFull;

    /// <summary>Told of all readings, on the training's thread, after they were handed to the record.</summary>
    public Action<StepReadings>? Listener { get; set; }

    /// <summary>What inspection has cost so far, in seconds.</summary>
    public double Seconds => _cost.Elapsed.TotalSeconds;

    /// <summary>Starts the record with the network's initial weights.</summary>
    public static RunInspection Start(InspectionOptions options, nn.Module<Tensor, Tensor> network, long stepsPerEpoch, Dictionary<string, string> metadata, ILogger logger)
    {
        var inspection = new RunInspection(options, network, stepsPerEpoch, logger);
        metadata[MetadataNames.Level] = options.Level.ToString();
        metadata[MetadataNames.Schedule] = string.Join("; ", options.Plan().Select(group => $"{group.Name} {group.Schedule}"));
        metadata[MetadataNames.Budget] = options.Budget is { } budget ? Text(budget) : "none";
        metadata[MetadataNames.Versions] = $"ConvScope {typeof(RunInspection).Assembly.GetName().Version}, TorchSharp {typeof(torch).Assembly.GetName().Version}, "
            + $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}";
        metadata[MetadataNames.Host] = $"{Environment.MachineName}, {Environment.ProcessorCount} processors";
        metadata[MetadataNames.Status] = "running";
        if (GitCommit.Find(Environment.CurrentDirectory) is { } commit)
            metadata[MetadataNames.Commit] = commit;
        if (options.Dataset is not null)
            metadata[MetadataNames.Dataset] = options.Dataset;
        (inspection._writer, inspection.Folder) = RunFolder.Claim(options, metadata, inspection.Warn);
        inspection._writer?.AppendSnapshot(0, 0, SnapshotKind.Weights, ModuleState.Read(network));
        inspection._cost.Stop();
        return inspection;
    }

    /// <summary>An optimizer update has been made.</summary>
    /// <param name="step">The update, from 0.</param>
    /// <param name="epoch">Its epoch, from 1.</param>
    /// <param name="images">What the network was shown; null where that is not known.</param>
    /// <param name="labels">Class indices; null where they are not known.</param>
    /// <param name="outputs">Logits before the update; null where they are not known.</param>
    /// <param name="loss">Loss of the batch before the update, a scalar.</param>
    /// <param name="learningRate">Learning rate of the update; null where it is not known.</param>
    public void Step(long step, int epoch, Tensor? images, Tensor? labels, Tensor? outputs, Tensor loss, double? learningRate = null)
    {
        if (_writer is null && Listener is null)
            return;
        _cost.Start();
        if (images is not null)
            _probe.Collect(images, labels);
        if (ClassCount == 0 && outputs is not null && outputs.dim() == 2)
            (BatchSize, ClassCount) = (outputs.shape[0], (int)outputs.shape[1]);
        if (_meter.IsDue)
        {
            var measured = _meter.Measure(step, loss, outputs, labels);
            var values = measured.Scalars.Select(scalar => (SeriesOf(scalar.Quantity.Name, scalar.Target, scalar.Quantity.Unit), scalar.Value)).ToList();
            NoteLayers();
            if (learningRate is { } rate)
                values.Add((SeriesOf(QuantityNames.LearningRate, "", "1"), rate));
            if (measured.Scalars.Where(scalar => scalar.Quantity is InactiveUnits).Select(scalar => scalar.Value).DefaultIfEmpty(-1).Max() is >= 0 and var inactive)
                _inactive = inactive;
            if (_probe.IsFull && step - _deadChecked > step / 4 && _inactive > Suspicious)
            {
                _deadChecked = step;
                values.AddRange(DeadShares());
            }

            Append(new StepReadings(step, epoch, Elapsed(), values) { Histograms = measured.Histograms });
        }

        if (_probe.IsFull && !_dataChecked)
            CheckData(step, epoch);
        _meter.Plan(step + 1, Seconds);
        _cost.Stop();
    }

    /// <summary>An epoch is over: its metrics, dead units, confusions and snapshots go to the record.</summary>
    /// <param name="step">The epoch's last step.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="metrics">Metrics by name of their quantity, with units.</param>
    public void EndEpoch(long step, int epoch, IReadOnlyList<(string Quantity, string Unit, double Value)> metrics)
    {
        if (_writer is null && Listener is null)
            return;
        _cost.Start();
        if (!_dataChecked)
            CheckData(step, epoch); // a set that is smaller than the probe set
        var values = metrics.Select(metric => (SeriesOf(metric.Quantity, "", metric.Unit), metric.Value)).ToList();
        if (_options.Level >= InspectionLevel.Standard && step != _deadChecked && _inactive > WorthALook)
        {
            _deadChecked = step;
            values.AddRange(DeadShares());
        }

        Append(new StepReadings(step, epoch, Elapsed(), values));
        _writer?.AppendSnapshot(step + 1, epoch, SnapshotKind.Weights, ModuleState.Read(_network));
        if (_options.Level >= InspectionLevel.Standard)
        {
            _writer?.AppendSnapshot(step + 1, epoch, SnapshotKind.Gradients, ModuleState.ReadGradients(_network));
            if (_probe.FeatureMaps(ShownImages) is { Count: > 0 } maps)
                _writer?.AppendSnapshot(step + 1, epoch, SnapshotKind.Activations, maps);
        }

        _cost.Stop();
    }

    /// <summary>Adds the confusions of an epoch.</summary>
    public void Append(long step, int epoch, string dataset, ConfusionMatrix? confusion)
    {
        if (confusion is not null)
            _writer?.Append(step, epoch, dataset, confusion);
    }

    /// <summary>Adds a finding.</summary>
    public void Append(Finding finding) => _writer?.Append(finding);

    /// <summary>Closes the record.</summary>
    /// <param name="status"><c>completed</c>, <c>cancelled</c> or <c>failed</c>.</param>
    /// <param name="seconds">Duration of the training.</param>
    public void End(string status, double seconds)
    {
        _writer?.SetMetadata(new Dictionary<string, string>
        {
            [MetadataNames.Status] = status,
            [MetadataNames.TrainingSeconds] = Text(seconds),
            [MetadataNames.InspectionSeconds] = Text(Seconds),
            [MetadataNames.InspectionCosts] = string.Join("; ", _meter.Costs.Select(cost => $"{cost.Group} {Text(Math.Round(cost.Seconds, 4))} s")),
        });
        Dispose();
    }

    /// <summary>Closes the record and frees what was kept for measuring; harmless when called again.</summary>
    public void Dispose()
    {
        _writer?.Dispose();
        _writer = null;
        Listener = null;
        _meter.Dispose();
        _probe.Dispose();
    }

    /// <summary>Looks once at the images and labels of the probe set.</summary>
    private void CheckData(long step, int epoch)
    {
        _dataChecked = true;
        using var scope = NewDisposeScope();
        if (_options.Level < InspectionLevel.Standard || ClassCount < 2 || _probe.Set() is not var (images, labels))
            return;
        Append(new StepReadings(step, epoch, Elapsed(), [.. DataChecks.Measure(images, labels, ClassCount).Select(check => (SeriesOf(check.Quantity, "", "1"), check.Value))]));
    }

    /// <summary>Keeps the layers' names and kinds once they are known.</summary>
    private void NoteLayers()
    {
        if (Layers.Count > 0 || _probe.Layers.Count == 0)
            return;
        Layers = _probe.Layers;
        _writer?.SetMetadata(new Dictionary<string, string> { [MetadataNames.Layers] = JsonSerializer.Serialize(Layers, JsonSerializerOptions.Web) });
    }

    private void Append(StepReadings readings)
    {
        _writer?.Append(readings);
        Listener?.Invoke(readings);
    }

    private IEnumerable<(Series, double)> DeadShares() =>
        DeadUnits.Find(_probe).Select(layer => (SeriesOf(QuantityNames.DeadUnits, layer.Layer, "fraction"), layer.IsDead.Average(isDead => isDead ? 1.0 : 0.0)));

    private Series SeriesOf(string quantity, string target, string unit)
    {
        if (!_series.TryGetValue((quantity, target), out var series))
            _series[(quantity, target)] = series = new Series(quantity, target, unit);
        return series;
    }

    private double Elapsed() => Stopwatch.GetElapsedTime(_started).TotalSeconds;

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private void Warn(Exception exception) => LogUnwritable(_logger, _options.Folder, exception.Message, exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The record in '{Folder}' cannot be written; the training goes on without it. {Reason}")]
    private static partial void LogUnwritable(ILogger logger, string folder, string reason, Exception exception);
}
