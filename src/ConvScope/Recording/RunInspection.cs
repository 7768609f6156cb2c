using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ConvScope.Checkpoints;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Training;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Recording;

/// <summary>
/// The inspection of one training, whoever runs its loop: measures what is due, keeps the record, and times itself. Nothing here changes the training; what cannot be
/// written costs one warning, and so does a part that fails for this network: it is left out and the others go on.
/// </summary>
internal sealed class RunInspection : IDisposable
{
    private const string Readings = "the readings of steps";

    private readonly InspectionOptions _options;
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly Stopwatch _cost = Stopwatch.StartNew();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Dictionary<(string, string), Series> _series = [];
    private readonly Probe _probe;
    private readonly StepMeter _meter;
    private readonly OneTimeChecks _checks;
    private readonly DeadUnitWatch _dead;
    private readonly CostParts _parts = new(); // of what belongs to no group of quantities
    private readonly LeftOut _leftOut;
    private readonly EpochMistakes _mistakes;
    private (long Step, int Epoch) _last;
    private StepReadings? _atStart;
    private Action<StepReadings>? _listener;
    private RunRecordWriter? _writer;

    private RunInspection(
        InspectionOptions options, nn.Module<Tensor, Tensor> network, LearningTask? task,
        long stepsPerEpoch, long steps, long firstStep, ILogger logger)
    {
        _options = options;
        _leftOut = new LeftOut(logger);
        _network = network;
        Outputs = new OutputFacts(task);
        _mistakes = new EpochMistakes(Outputs);
        _probe = new Probe(network, Outputs, _leftOut);
        _checks = new OneTimeChecks(network, _probe, options.Level >= InspectionLevel.Standard, options.PreChecks, _leftOut);
        _dead = new DeadUnitWatch(_probe);
        _meter = new StepMeter(network, _probe, options.Plan(), options.Budget, stepsPerEpoch, steps, firstStep, _leftOut);
    }

    /// <summary>The folder that holds the record; null where none could be written.</summary>
    public string? Folder { get; private set; }

    /// <summary>The layers in forward order, the input first; empty before they were looked at.</summary>
    public IReadOnlyList<LayerFact> Layers { get; private set; } = [];

    /// <summary>What is known of the network's outputs.</summary>
    public OutputFacts Outputs { get; }

    /// <summary>Whether images are still of use: to fill the probe set, or to show mistakes.</summary>
    public bool WantsImages => !_probe.IsFull || _options.Level >= InspectionLevel.Standard;

    /// <summary>What is known of the parameters beside their values, by name.</summary>
    public IReadOnlyDictionary<string, ParameterFact> Parameters { get; private set; } = new Dictionary<string, ParameterFact>();

    /// <summary>What inspection has cost so far, in seconds.</summary>
    public double Seconds => _cost.Elapsed.TotalSeconds;

    /// <summary>Starts the record with the network's initial weights.</summary>
    /// <param name="options">What is measured.</param>
    /// <param name="network">The network.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch; 0 where that is not known.</param>
    /// <param name="steps">Steps of the whole training; 0 where that is not known.</param>
    /// <param name="metadata">What is known of the run.</param>
    /// <param name="logger">Gets a warning where the record cannot be written, and one for each part that fails.</param>
    /// <param name="firstStep">The first update, more than 0 for a training that is resumed.</param>
    /// <param name="task">What the network's outputs mean; null to see it from the first outputs.</param>
    public static RunInspection Start(
        InspectionOptions options, nn.Module<Tensor, Tensor> network, long stepsPerEpoch, long steps, Dictionary<string, string> metadata, ILogger logger, long firstStep = 0, LearningTask? task = null)
    {
        var inspection = new RunInspection(options, network, task, stepsPerEpoch, steps, firstStep, logger);
        RunConditions.AddTo(metadata, options);
        (inspection._writer, inspection.Folder) = RunFolder.Claim(options, metadata, logger);
        inspection._parts.Add("start", inspection._cost.Elapsed.TotalSeconds);
        inspection.LookAtParameters(firstStep, stepsPerEpoch > 0 ? (int)(firstStep / stepsPerEpoch) : 0);
        inspection._cost.Stop();
        return inspection;
    }

    /// <summary>
    /// Tells of all readings, those that were made before the first step first, on the training's thread and after they were handed to the
    /// record.
    /// </summary>
    public void Listen(Action<StepReadings> listener)
    {
        _listener += listener;
        if (_atStart is not null)
            Part("diagnosis", () => listener(_atStart));
    }

    /// <summary>An optimizer update has been made.</summary>
    /// <param name="step">The update, from 0.</param>
    /// <param name="epoch">Its epoch, from 1.</param>
    /// <param name="images">What the network was shown; null where that is not known.</param>
    /// <param name="labels">Class indices, or numbers; null where they are not known.</param>
    /// <param name="outputs">Outputs before the update; null where they are not known.</param>
    /// <param name="loss">Loss of the batch before the update, a scalar.</param>
    /// <param name="learningRate">Learning rate of the update; null where it is not known.</param>
    public void Step(long step, int epoch, Tensor? images, Tensor? labels, Tensor? outputs, Tensor loss, double? learningRate = null)
    {
        if (_writer is null && _listener is null)
            return;
        _cost.Start();
        if (images is not null)
            _leftOut.Try("the probe's images", () => _probe.Collect(images, labels));
        Outputs.Note(outputs, labels);
        if (_meter.IsDue)
        {
            var measured = _leftOut.Try(Readings, () => _meter.Measure(step, loss, outputs, labels), new Measurement([], []));
            var values = measured.Scalars.Select(scalar => (SeriesOf(scalar.Quantity.Name, scalar.Target, Outputs.Unit(scalar.Quantity)), scalar.Value)).ToList();
            NoteLayers();
            if (learningRate is { } rate)
                values.Add((SeriesOf(QuantityNames.LearningRate, "", "1"), rate));
            _dead.Note(measured);
            if (_options.Level >= InspectionLevel.Standard)
            {
                values.AddRange(DeadUnits(() => _dead.AtStep(step)));
                if (_meter.IsThorough && images is not null && labels is not null && outputs is not null && outputs.dim() == 2)
                    Part("mistakes", () => _mistakes.Add(outputs, labels, step * labels.shape[0], images));
            }

            Append(new StepReadings(step, epoch, _clock.Elapsed.TotalSeconds, values) { Histograms = measured.Histograms });
        }

        Check(step, epoch, isEpochOver: false);
        _leftOut.Try(Readings, () => _meter.Plan(step + 1, Seconds));
        _cost.Stop();
    }

    /// <summary>An epoch is over: its metrics, dead units, confusions and snapshots go to the record.</summary>
    /// <param name="step">The epoch's last step.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="metrics">Metrics by name of their quantity, with units.</param>
    public void EndEpoch(long step, int epoch, IReadOnlyList<(string Quantity, string Unit, double Value)> metrics)
    {
        if (_writer is null && _listener is null)
            return;
        _cost.Start();
        _last = (step, epoch);
        Check(step, epoch, isEpochOver: true);
        var values = metrics.Select(metric => (SeriesOf(metric.Quantity, "", metric.Unit), metric.Value)).ToList();
        if (_options.Level >= InspectionLevel.Standard)
            values.AddRange(DeadUnits(() => _dead.AtEpochEnd(step)));
        Append(new StepReadings(step, epoch, _clock.Elapsed.TotalSeconds, values));
        Snapshot(step + 1, epoch, SnapshotKind.Weights, "weights", () => ModuleState.Read(_network));
        if (_options.Level >= InspectionLevel.Standard)
        {
            Snapshot(step + 1, epoch, SnapshotKind.Gradients, "gradients", () => ModuleState.ReadGradients(_network));
            Snapshot(step + 1, epoch, SnapshotKind.Activations, "feature maps", () => _probe.FeatureMaps(Probe.ShownImages));
        }

        _cost.Stop();
    }

    /// <summary>Compares the two sets before the first step.</summary>
    public void Compare(LabeledImages train, LabeledImages validation)
    {
        _cost.Start();
        _checks.Compare(train.Images, validation.Images);
        _cost.Stop();
    }

    /// <summary>Adds the worst mistakes of an epoch.</summary>
    /// <inheritdoc cref="EpochMistakes.Take" path="/param" />
    public void AppendMistakes(long step, int epoch, IReadOnlyList<Mistake>? mistakes = null, TrainingImages? set = null)
    {
        if (_options.Level >= InspectionLevel.Standard)
            Append(step + 1, epoch, SnapshotKind.Mistakes, "mistakes", () => _mistakes.Take(mistakes, set));
    }

    /// <summary>Adds a snapshot of images; what reading them costs is kept under the name <paramref name="part"/>. No arrays make no snapshot.</summary>
    public void Append(long step, int epoch, SnapshotKind kind, string part, Func<IReadOnlyList<NamedArray>> read)
    {
        _cost.Start();
        Snapshot(step, epoch, kind, part, read);
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

    /// <summary>Adds by which pixels the network decides, for the worst mistakes of the last epoch and for images that it gets right.</summary>
    /// <param name="set">The set among whose first images those are looked for; null for the probe's.</param>
    public void AppendAttributions(TrainingImages? set = null)
    {
        if (_options.Level < InspectionLevel.Standard || Outputs.ClassCount == 0 || _last.Epoch == 0)
            return;
        Append(_last.Step + 1, _last.Epoch, SnapshotKind.Attributions, "attribution", () =>
        {
            using var scope = NewDisposeScope();
            var candidates = set?.First(AttributionSamples.MostCandidates) ?? _probe.Set();
            var isThorough = _options.Level >= InspectionLevel.Full;
            return _mistakes.Samples.Read(_network, Outputs.Task, candidates?.Images, candidates?.Labels, isThorough, _leftOut);
        });
    }

    /// <summary>Closes the record.</summary>
    /// <param name="status"><c>completed</c>, <c>cancelled</c> or <c>failed</c>.</param>
    /// <param name="seconds">Duration of the training.</param>
    /// <param name="more">What else is known by now.</param>
    public void End(string status, double seconds, IReadOnlyDictionary<string, string>? more = null)
    {
        _writer?.SetMetadata(new Dictionary<string, string>(more ?? new Dictionary<string, string>())
        {
            [MetadataNames.Status] = status,
            [MetadataNames.TrainingSeconds] = seconds.ToString(CultureInfo.InvariantCulture),
            [MetadataNames.InspectionSeconds] = Seconds.ToString(CultureInfo.InvariantCulture),
            [MetadataNames.InspectionCosts] = _parts.Describe(_meter.Costs),
        });
        Dispose();
    }

    /// <summary>Closes the record and frees what was kept for measuring; harmless when called again.</summary>
    public void Dispose()
    {
        _writer?.Dispose();
        _writer = null;
        _listener = null;
        _meter.Dispose();
        _probe.Dispose();
        _mistakes.Dispose();
    }

    private void Check(long step, int epoch, bool isEpochOver)
    {
        IReadOnlyList<(string Quantity, double Value)> found = [];
        Part("checks", () => found = _checks.Take(Outputs.ClassCount, isEpochOver));
        if (found.Count > 0)
            Append(new StepReadings(step, epoch, _clock.Elapsed.TotalSeconds, [.. found.Select(check => (SeriesOf(check.Quantity, "", "1"), check.Value))]));
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
        Part("diagnosis", () => _listener?.Invoke(readings));
    }

    /// <summary>Keeps the initial weights, and looks for parameters that nobody initialised.</summary>
    private void LookAtParameters(long firstStep, int epochsBefore)
    {
        List<NamedArray> weights = [];
        Snapshot(firstStep, epochsBefore, SnapshotKind.Weights, "weights", () => weights = ModuleState.Read(_network));
        if (_options.Level == InspectionLevel.Off)
            return;
        Part("initial values", () =>
        {
            Parameters = InitialValues.Facts(_network);
            if (InitialValues.Measure(_network, weights, isResumed: firstStep > 0) is not { Count: > 0 } found)
                return;
            var values = found.Select(one => (SeriesOf(one.Quantity, one.Parameter, "1"), one.Value));
            _atStart = new StepReadings(firstStep, epochsBefore + 1, 0, [.. values]);
            Append(_atStart);
        });
    }

    /// <summary>Adds a snapshot where reading it gives something.</summary>
    private void Snapshot(long step, int epoch, SnapshotKind kind, string part, Func<IReadOnlyList<NamedArray>> read)
    {
        IReadOnlyList<NamedArray> arrays = [];
        Part(part, () => arrays = read());
        if (arrays.Count > 0)
            _writer?.AppendSnapshot(step, epoch, kind, arrays);
    }

    private List<(Series, double)> DeadUnits(Func<IEnumerable<(string Layer, double Share)>> look)
    {
        List<(Series, double)> dead = [];
        Part("dead units", () => dead.AddRange(look().Select(SeriesOf)));
        return dead;
    }

    /// <summary>Does a part of the inspection, times it, and leaves it out once it has failed.</summary>
    private void Part(string name, Action work) => _leftOut.Try(name, () => _parts.Time(name, work));

    private (Series, double) SeriesOf((string Layer, double Share) dead) => (SeriesOf(QuantityNames.DeadUnits, dead.Layer, "fraction"), dead.Share);

    private Series SeriesOf(string quantity, string target, string unit) => _series.TryGetValue((quantity, target), out var series) ? series : _series[(quantity, target)] = new Series(quantity, target, unit);
}
