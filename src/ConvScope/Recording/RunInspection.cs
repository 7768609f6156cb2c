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
internal sealed partial class RunInspection : IDisposable
{
    private const string Weights = "weights", Mistakes = "mistakes", Readings = "the readings of steps";

    private readonly InspectionOptions _options;
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly ILogger _logger;
    private readonly InspectionLedger _ledger;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly long _firstStep;
    private readonly Dictionary<(string, string), Series> _series = [];
    private readonly Probe _probe;
    private readonly StepMeter _meter;
    private readonly OneTimeChecks _checks;
    private readonly DeadUnitWatch _dead;
    private readonly LeftOut _leftOut;
    private readonly EpochMistakes _mistakes;
    private (long Step, int Epoch) _last;
    private StepReadings? _atStart;
    private Action<StepReadings>? _listener;
    private RunRecordWriter? _writer;

    private RunInspection(
        InspectionOptions options, nn.Module<Tensor, Tensor> network, LearningTask? task, long stepsPerEpoch, long firstStep, InspectionLedger ledger, TimeProvider time, ILogger logger)
    {
        _options = options;
        _network = network;
        _logger = logger;
        _ledger = ledger;
        _time = time;
        _started = time.GetTimestamp();
        _firstStep = firstStep;
        Outputs = new OutputFacts(task);
        _mistakes = new EpochMistakes(Outputs);
        _leftOut = new LeftOut(logger);
        _probe = new Probe(network, Outputs, _leftOut);
        _checks = new OneTimeChecks(network, _probe, ledger, ShowsMore, options.PreChecks, _leftOut);
        _dead = new DeadUnitWatch(_probe, ledger);
        _meter = new StepMeter(network, _probe, options.Plan(), ledger, stepsPerEpoch, firstStep, _leftOut);
    }

    /// <summary>The folder that holds the record; null where none could be written.</summary>
    public string? Folder { get; private set; }

    /// <summary>The layers in forward order, the input first; empty before they were looked at.</summary>
    public IReadOnlyList<LayerFact> Layers { get; private set; } = [];

    /// <summary>What is known of the network's outputs.</summary>
    public OutputFacts Outputs { get; }

    /// <summary>Whether images are still of use: to fill the probe set, or to show mistakes.</summary>
    public bool WantsImages => !_probe.IsFull || ShowsMore;

    /// <summary>Whether the worst mistakes come from the measured steps: there is no set that is looked at after each epoch.</summary>
    public bool KeepsMistakes { get; init; } = true;

    /// <summary>What is known of the parameters beside their values, by name.</summary>
    public IReadOnlyDictionary<string, ParameterFact> Parameters { get; private set; } = new Dictionary<string, ParameterFact>();

    /// <summary>What inspection has cost so far, in seconds.</summary>
    public double Seconds => _ledger.Seconds;

    private bool ShowsMore => _options.Level >= InspectionLevel.Standard;

    /// <summary>Starts the record with the network's initial weights.</summary>
    /// <param name="options">What is measured.</param>
    /// <param name="network">The network.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch; 0 where that is not known.</param>
    /// <param name="steps">Steps of the whole training; 0 where that is not known.</param>
    /// <param name="metadata">What is known of the run.</param>
    /// <param name="logger">Gets a warning where the record cannot be written, one for each part that fails, and what was left out for the budget's sake.</param>
    /// <param name="firstStep">The first update, more than 0 for a training that is resumed.</param>
    /// <param name="task">What the network's outputs mean; null to see it from the first outputs.</param>
    /// <param name="more">More of what is known, which takes longer to say: the record's own thread asks for it.</param>
    /// <param name="hasValidation">Whether a set is looked at after each epoch, so that mistakes come from there.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public static RunInspection Start(
        InspectionOptions options, nn.Module<Tensor, Tensor> network, long stepsPerEpoch, long steps, Dictionary<string, string> metadata, ILogger logger, long firstStep = 0, LearningTask? task = null,
        Func<IReadOnlyDictionary<string, string>>? more = null, bool hasValidation = false, TimeProvider? time = null)
    {
        var ledger = new InspectionLedger(options.Budget, steps, firstStep, time);
        using var clock = ledger.Open();
        var inspection = ledger.Time(InspectionLedger.Start, () =>
        {
            var inspection = new RunInspection(options, network, task, stepsPerEpoch, firstStep, ledger, time ?? TimeProvider.System, logger) { KeepsMistakes = !hasValidation };
            RunConditions.AddTo(metadata, options);
            (inspection._writer, inspection.Folder) = RunFolder.Claim(options, metadata, logger);
            return inspection;
        });
        if (more is not null)
            inspection._writer?.SetMetadata(more);
        inspection.LookAtParameters(firstStep, stepsPerEpoch > 0 ? (int)(firstStep / stepsPerEpoch) : 0);
        return inspection;
    }

    /// <summary>Tells of all readings, those that were made before the first step first, on the training's thread and after they were handed to the record.</summary>
    public void Listen(Action<StepReadings> listener)
    {
        _listener += listener;
        if (_atStart is { } atStart)
            Part("diagnosis", () => listener(atStart));
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
        _ledger.StepMade(step);
        using var clock = _ledger.Open();
        if (images is not null)
            _leftOut.Try("the probe's images", () => _probe.Collect(images, labels));
        Outputs.Note(outputs, labels);
        if (step == _firstStep)
            _leftOut.Try(Readings, () => _meter.Plan(step));
        if (_meter.IsDue)
            Measure(step, epoch, images, labels, outputs, loss, learningRate);
        Check(step, epoch, isEpochOver: false);
        _leftOut.Try(Readings, () => _meter.Plan(step + 1));
    }

    /// <summary>An epoch is over: its metrics, dead units, confusions and snapshots go to the record.</summary>
    /// <param name="step">The epoch's last step.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="metrics">Metrics by name of their quantity, with units.</param>
    public void EndEpoch(long step, int epoch, IReadOnlyList<(string Quantity, string Unit, double Value)> metrics)
    {
        if (_writer is null && _listener is null)
            return;
        using var clock = _ledger.Open();
        _last = (step, epoch);
        Check(step, epoch, isEpochOver: true);
        var values = new List<(Series, double)>();
        foreach (var (quantity, unit, value) in metrics)
            values.Add((SeriesOf(quantity, "", unit), value));
        if (ShowsMore)
            AddDeadUnits(values, () => _dead.AtEpochEnd(step, _meter.LookSeconds));
        Append(new StepReadings(step, epoch, Elapsed, values));
        Append(step + 1, epoch, SnapshotKind.Weights, Part(Weights, () => ModuleState.Read(_network), []));
        if (!ShowsMore)
            return;
        var worth = _ledger.IsLast(step) ? Worth.End : Worth.Later;
        Append(step + 1, epoch, SnapshotKind.Gradients, "gradients", _ledger.Last(Weights), worth, () => ModuleState.ReadGradients(_network));
        Append(step + 1, epoch, SnapshotKind.Activations, "feature maps", _meter.LookSeconds, worth, () => _probe.FeatureMaps(Probe.ShownImages));
    }

    /// <summary>Keeps the two sets, which are compared once it is known whether there is time for it.</summary>
    public void Compare(LabeledImages train, LabeledImages validation) => _checks.Compare(train.Images, validation.Images);

    /// <summary>Adds the worst mistakes of an epoch.</summary>
    /// <inheritdoc cref="EpochMistakes.Take" path="/param" />
    public void AppendMistakes(long step, int epoch, IReadOnlyList<Mistake>? mistakes = null, TrainingImages? set = null)
    {
        if (ShowsMore)
            Append(step + 1, epoch, SnapshotKind.Mistakes, Mistakes, 0, _ledger.IsLast(step) ? Worth.End : Worth.Later, () => _mistakes.Take(mistakes, set));
    }

    /// <summary>Adds what augmentation makes of the first images.</summary>
    /// <inheritdoc cref="AugmentedImages.Read" path="/param" />
    public void AppendAugmentation(long step, int epoch, Tensor before, Tensor after, Tensor labels) =>
        Append(step, epoch, SnapshotKind.Augmentation, "images before and after augmentation", 0, Worth.FirstLooks, () => AugmentedImages.Read(before, after, labels));

    /// <summary>Adds the confusions of an epoch.</summary>
    public void Append(long step, int epoch, string dataset, ConfusionMatrix? confusion)
    {
        if (confusion is not null)
            _writer?.Append(step, epoch, dataset, confusion);
    }

    /// <summary>Adds a finding.</summary>
    public void Append(Finding finding) => _writer?.Append(finding);

    /// <summary>Adds that the training is no longer finite: the finding, and the loss where it is that of a step.</summary>
    public void Append(NonFiniteState state) =>
        Append(NonFiniteFinding.Readings(state, SeriesOf(QuantityNames.Loss, "", Outputs.Unit(new BatchLoss())), TimeSpan.FromSeconds(Elapsed)));

    /// <summary>Adds by which pixels the network decides, for the worst mistakes of the last epoch and for images that it gets right. The training has made its last step.</summary>
    /// <param name="set">The set among whose first images those are looked for; null for the probe's.</param>
    public void AppendAttributions(TrainingImages? set = null)
    {
        _ledger.Over();
        if (!ShowsMore || Outputs.ClassCount == 0 || _last.Epoch == 0)
            return;
        using var clock = _ledger.Open();
        var images = AttributionSamples.Most;
        while (images > 0 && !_ledger.Affords(AttributionSeconds(images), Worth.End))
            images--;
        if (images < AttributionSamples.Most)
            _ledger.Cut(string.Create(CultureInfo.InvariantCulture, $"attribution of {2 * (AttributionSamples.Most - images)} of {2 * AttributionSamples.Most} images"));
        if (images == 0)
            return;
        Append(_last.Step + 1, _last.Epoch, SnapshotKind.Attributions, Part("attribution", IReadOnlyList<NamedArray> () =>
        {
            using var scope = NewDisposeScope();
            var candidates = set?.First(AttributionSamples.MostCandidates) ?? _probe.Set();
            return _mistakes.Samples.Read(_network, Outputs.Task, candidates?.Images, candidates?.Labels, IsThorough, _leftOut, images);
        }, []));
    }

    /// <summary>Closes the record.</summary>
    /// <param name="status"><c>completed</c>, <c>cancelled</c> or <c>failed</c>.</param>
    /// <param name="seconds">Gives the duration of the training; asked for when all has been written, which counts as inspection.</param>
    /// <param name="more">What else is known by now.</param>
    public void End(string status, Func<double> seconds, IReadOnlyDictionary<string, string>? more = null)
    {
        _ledger.Over();
        var metadata = new Dictionary<string, string>(more ?? new Dictionary<string, string>());
        using (_ledger.Open())
            _writer?.Flush();
        metadata[MetadataNames.Status] = status;
        metadata[MetadataNames.TrainingSeconds] = seconds().ToString(CultureInfo.InvariantCulture);
        metadata[MetadataNames.InspectionSeconds] = Seconds.ToString(CultureInfo.InvariantCulture);
        metadata[MetadataNames.InspectionCosts] = _ledger.Describe(_meter.Costs);
        if (_ledger.Cuts is { Count: > 0 } cuts)
        {
            metadata[MetadataNames.InspectionCuts] = string.Join("; ", cuts);
            LogCuts(_logger, _options.Budget ?? 1, metadata[MetadataNames.InspectionCuts]);
        }

        _writer?.SetMetadata(metadata);
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

    private bool IsThorough => _options.Level >= InspectionLevel.Full;

    private double Elapsed => _time.GetElapsedTime(_started).TotalSeconds;

    /// <summary>What attribution is going to cost, in seconds; its code runs for the first time.</summary>
    private double AttributionSeconds(int images) => _meter.LookSeconds * AttributionSamples.Passes(images, IsThorough) / _probe.LookPasses + _ledger.Last(InspectionLedger.Start) / 2;

    /// <summary>Keeps the initial weights, and looks for parameters that nobody initialised.</summary>
    private void LookAtParameters(long firstStep, int epochsBefore)
    {
        var weights = Part(Weights, () => ModuleState.Read(_network), []);
        Append(firstStep, epochsBefore, SnapshotKind.Weights, weights);
        if (_options.Level == InspectionLevel.Off)
            return;
        Part("initial values", () =>
        {
            Parameters = InitialValues.Facts(_network);
            if (InitialValues.Measure(_network, weights, isResumed: firstStep > 0) is not { Count: > 0 } found)
                return;
            _atStart = new StepReadings(firstStep, epochsBefore + 1, 0, [.. found.Select(one => (SeriesOf(one.Quantity, one.Parameter, "1"), one.Value))]);
            Append(_atStart);
        });
    }

    /// <summary>Does a part of the inspection, times it, and leaves it out once it has failed.</summary>
    private T Part<T>(string name, Func<T> work, T otherwise) => _leftOut.Try(name, () => _ledger.Time(name, work), otherwise);

    private void Part(string name, Action work) => _leftOut.Try(name, () => _ledger.Time(name, work));

    /// <summary>Adds a snapshot where the ledger affords it. Its cost is kept under the name of the part; before the first time it is estimated.</summary>
    private void Append(long step, int epoch, SnapshotKind kind, string part, double estimate, Worth worth, Func<IReadOnlyList<NamedArray>> read)
    {
        if (_ledger.Ask(part, _ledger.Last(part) is > 0 and var last ? last : estimate, worth))
            Append(step, epoch, kind, Part(part, read, []));
    }

    /// <summary>Adds a snapshot; no arrays make none.</summary>
    private void Append(long step, int epoch, SnapshotKind kind, IReadOnlyList<NamedArray> arrays)
    {
        if (arrays.Count > 0)
            _writer?.AppendSnapshot(step, epoch, kind, arrays);
    }

    private void Check(long step, int epoch, bool isEpochOver)
    {
        if (!_checks.AreDue(isEpochOver) || _leftOut.Try("the checks", () => _checks.Take(Outputs.ClassCount, isEpochOver), []) is not { Count: > 0 } found)
            return;
        Append(new StepReadings(step, epoch, Elapsed, [.. found.Select(check => (SeriesOf(check.Quantity, "", "1"), check.Value))]));
    }

    /// <summary>Keeps the layers' names and kinds once they are known.</summary>
    private void NoteLayers()
    {
        if (Layers.Count > 0 || _probe.Layers.Count == 0)
            return;
        Layers = _probe.Layers;
        _writer?.SetMetadata(() => new Dictionary<string, string> { [MetadataNames.Layers] = JsonSerializer.Serialize(Layers, JsonSerializerOptions.Web) });
    }

    private void Append(StepReadings readings)
    {
        _writer?.Append(readings);
        if (_listener is { } listener)
            Part("diagnosis", () => listener(readings));
    }

    private void Measure(long step, int epoch, Tensor? images, Tensor? labels, Tensor? outputs, Tensor loss, double? learningRate)
    {
        var measured = _leftOut.Try(Readings, () => _meter.Measure(step, loss, outputs, labels), new Measurement([], []));
        NoteLayers();
        var values = Values(measured);
        if (learningRate is { } rate)
            values.Add((SeriesOf(QuantityNames.LearningRate, "", "1"), rate));
        if (ShowsMore)
        {
            _dead.Note(measured);
            AddDeadUnits(values, () => _dead.AtStep(step, _meter.LookSeconds));
            if (KeepsMistakes && _meter.IsThorough && images is not null && labels is not null && outputs?.dim() == 2 && _ledger.Affords(_ledger.Last(Mistakes), Worth.Later))
                Part(Mistakes, () => _mistakes.Add(outputs, labels, step * labels.shape[0], images));
        }

        Append(new StepReadings(step, epoch, Elapsed, values) { Histograms = measured.Histograms });
        if (ShowsMore)
            _ledger.Reserve(AttributionSeconds(AttributionSamples.Most) + _meter.LookSeconds);
    }

    private List<(Series, double)> Values(Measurement measured)
    {
        var values = new List<(Series, double)>(measured.Scalars.Count);
        foreach (var (quantity, target, value) in measured.Scalars)
            values.Add((SeriesOf(quantity.Name, target, Outputs.Unit(quantity)), value));
        return values;
    }

    private void AddDeadUnits(List<(Series, double)> values, Func<IReadOnlyList<(string Layer, double Share)>> look)
    {
        foreach (var (layer, share) in _leftOut.Try("dead units", look, []))
            values.Add((SeriesOf(QuantityNames.DeadUnits, layer, "fraction"), share));
    }

    private Series SeriesOf(string quantity, string target, string unit) => _series.TryGetValue((quantity, target), out var series) ? series : _series[(quantity, target)] = new Series(quantity, target, unit);

    [LoggerMessage(Level = LogLevel.Information, Message = "The inspection's budget of {Budget:0.##%} of the training's time left out: {Cuts}. A larger InspectionOptions.Budget has more of it, null all.")]
    private static partial void LogCuts(ILogger logger, double budget, string cuts);
}
