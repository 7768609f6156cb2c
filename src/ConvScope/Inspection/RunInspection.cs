using ConvScope.Measuring;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Quantities;
using ConvScope.Quantities.Batch;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.Images;
using ConvScope.Training.NonFinite;
using ConvScope.Training.Saving;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Inspection;

/// <summary>The inspection of one training, whoever runs its loop: measures what is due, keeps the record, and times itself.</summary>
/// <remarks>Nothing here changes the training; what cannot be written costs one warning, and so does a part that fails for this network: it is left out and the others go on.</remarks>
internal sealed class RunInspection : IDisposable
{
    private const string Weights = "weights", Readings = "the readings of steps";

    private readonly InspectionOptions _options;
    private readonly nn.Module _network;
    private readonly InspectionLedger _ledger;
    private readonly TimeProvider _time;
    private readonly long _started, _firstStep;
    private readonly InspectionRecord _record;
    private readonly Probe _probe;
    private readonly StepMeter _meter;
    private readonly OneTimeChecks _checks;
    private readonly DeadUnitWatch _dead;
    private readonly LeftOut _leftOut;
    private readonly InspectionShows? _shows; // null where only numbers are kept

    private RunInspection(
        InspectionOptions options, nn.Module network, LearningTask? task, long stepsPerEpoch, long firstStep, InspectionLedger ledger, TimeProvider time, ILogger logger, bool hasValidation)
    {
        (_options, _network) = (options, network);
        (_ledger, _time, _started, _firstStep) = (ledger, time, time.GetTimestamp(), firstStep);
        (Outputs, _leftOut) = (new OutputFacts(task ?? options.Task, areChecked: task is not null), new LeftOut(logger));
        _record = new InspectionRecord(options, ledger, _leftOut, logger);
        var visits = Visits = new NetworkVisits(network);
        _record.NoteLeftOut(visits.Description);
        _probe = new Probe(network, Outputs, _leftOut, visits: visits);
        _checks = new OneTimeChecks(network, visits, _probe, ledger, ShowsMore, options.PreChecks, _leftOut);
        _dead = new DeadUnitWatch(_probe, ledger);
        _meter = new StepMeter(network, _probe, options.Plan(), ledger, stepsPerEpoch, firstStep, _leftOut);
        _shows = !ShowsMore ? null : new InspectionShows(network, visits, Outputs, _probe, _meter, ledger, _record, _leftOut)
        {
            IsThorough = options.Level >= InspectionLevel.Full,
            KeepsMistakes = !hasValidation,
        };
    }

    /// <summary>Where all of it goes.</summary>
    public InspectionRecord Record => _record;

    /// <summary>The layers in forward order, the input first; empty before they were looked at.</summary>
    public IReadOnlyList<LayerFact> Layers => _probe.Layers;

    /// <summary>How the network is called.</summary>
    public NetworkVisits Visits { get; }

    /// <summary>What failed and is left out.</summary>
    public LeftOut LeftOut => _leftOut;

    /// <summary>What is known of the network's outputs.</summary>
    public OutputFacts Outputs { get; }

    /// <summary>Whether images are still of use: to fill the probe set, or to show mistakes.</summary>
    public bool WantsImages => !_probe.IsFull || ShowsMore;

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
    /// <param name="origin">What the run is called and goes on from; null for one that begins anew.</param>
    public static RunInspection Start(
        InspectionOptions options, nn.Module network, long stepsPerEpoch, long steps, Dictionary<string, string> metadata, ILogger logger, long firstStep = 0, LearningTask? task = null,
        Func<IReadOnlyDictionary<string, string>>? more = null, bool hasValidation = false, TimeProvider? time = null, TrainingOrigin? origin = null)
    {
        var ledger = new InspectionLedger(options.Budget, steps, firstStep, time);
        using var clock = ledger.Open();
        var inspection = ledger.Time(InspectionLedger.Start, () =>
        {
            var inspection = new RunInspection(options, network, task, stepsPerEpoch, firstStep, ledger, time ?? TimeProvider.System, logger, hasValidation);
            inspection._record.Claim(metadata, origin ?? TrainingOrigin.Create());
            return inspection;
        });
        inspection._record.SetMetadata(more);
        inspection.LookAtParameters(firstStep, stepsPerEpoch > 0 ? (int)(firstStep / stepsPerEpoch) : 0);
        return inspection;
    }

    /// <summary>An optimizer update has been made.</summary>
    /// <param name="step">The update, from 0.</param>
    /// <param name="epoch">Its epoch, from 1.</param>
    /// <param name="images">What the network was shown; null where that is not known.</param>
    /// <param name="labels">Class indices, or numbers; null where they are not known.</param>
    /// <param name="outputs">Outputs before the update; null where they are not known.</param>
    /// <param name="loss">Loss of the batch before the update, a scalar; null where there is none.</param>
    /// <param name="rates">Gives the learning rate of each optimizer, the first one without a name, where it is measured.</param>
    public void Step(long step, int epoch, Tensor? images, Tensor? labels, Tensor? outputs, Tensor? loss, Func<IEnumerable<(string Optimizer, double Rate)>> rates)
    {
        if (!_record.IsTaken)
            return;
        _ledger.StepMade(step);
        using var clock = _ledger.Open();
        _leftOut.Step = step;
        if (step == _firstStep)
            _leftOut.Try(Readings, () => _meter.Plan(step));
        var rows = step == _firstStep || _meter.IsDue || !_probe.IsFull ? _leftOut.Try("outputs and labels", () => Outputs.Rows(outputs, labels, loss), default) : default;
        if (images is not null)
            _leftOut.Try("the probe's images", () => _probe.Collect(images, rows.IsPerPixel ? null : rows.Labels));
        if (_meter.IsDue)
            Measure(step, epoch, images, rows, loss, rates());
        Check(step, epoch, isEpochOver: false);
        _leftOut.Try(Readings, () => _meter.Plan(step + 1));
    }

    /// <summary>An epoch is over: its metrics, dead units, confusions and snapshots go to the record.</summary>
    /// <param name="step">The epoch's last step.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="metrics">Metrics by name of their quantity, with units.</param>
    public void EndEpoch(long step, int epoch, IReadOnlyList<(string Quantity, string Unit, double Value)> metrics)
    {
        if (!_record.IsTaken)
            return;
        using var clock = _ledger.Open();
        Check(step, epoch, isEpochOver: true);
        List<(Series, double)> values = [.. metrics.Select(metric => (_record.SeriesOf(metric.Quantity, "", metric.Unit), metric.Value))];
        if (ShowsMore)
            AddDeadUnits(values, () => _dead.AtEpochEnd(step, _meter.LookSeconds));
        _record.Append(new StepReadings(step, epoch, Elapsed, values));
        _record.AppendWeights(step + 1, epoch, _record.Part(Weights, () => ModuleState.Whole(_network, ModuleState.Read(_network)), []));
        _shows?.EndEpoch(step, epoch, _ledger.Last(Weights));
    }

    /// <summary>Keeps the two sets, which are compared once it is known whether there is time for it.</summary>
    public void Compare(LabeledImages train, LabeledImages validation) => _checks.Compare(train.Images, validation.Images);

    /// <summary>Adds the worst mistakes of an epoch.</summary>
    /// <inheritdoc cref="EpochMistakes.Take" path="/param" />
    public void AppendMistakes(long step, int epoch, IReadOnlyList<Mistake>? mistakes = null, TrainingImages? set = null) =>
        _shows?.AppendMistakes(step, epoch, mistakes, set);

    /// <summary>Adds what augmentation makes of the first images.</summary>
    /// <inheritdoc cref="AugmentedImages.Read" path="/param" />
    public void AppendAugmentation(long step, int epoch, Tensor before, Tensor after, Tensor labels) =>
        _record.Append(step, epoch, SnapshotKind.Augmentation, _record.Part("images before and after augmentation", () => AugmentedImages.Read(before, after, labels), []));

    /// <summary>Adds that the training is no longer finite: the finding, and the loss where it is that of a step.</summary>
    public void Append(NonFiniteState state) =>
        _record.Append(NonFiniteFinding.Readings(state, _record.SeriesOf(QuantityNames.Loss, "", Outputs.Unit(new BatchLoss())), TimeSpan.FromSeconds(Elapsed)));

    /// <summary>Adds by which pixels the network decides, for the worst mistakes of the last epoch and for images that it gets right. The training has made its last step.</summary>
    /// <param name="set">The set among whose first images those are looked for; null for the probe's.</param>
    public void AppendAttributions(TrainingImages? set = null)
    {
        _ledger.Over();
        _shows?.AppendAttributions(set);
    }

    /// <summary>Closes the record.</summary>
    /// <param name="status">As <see cref="MetadataNames.Status"/> has it.</param>
    /// <param name="seconds">Gives the duration of the training; asked for when all has been written, which counts as inspection.</param>
    /// <param name="more">What else is known by now.</param>
    public void End(string status, Func<double> seconds, IReadOnlyDictionary<string, string>? more = null)
    {
        _record.End(status, seconds, _meter.Costs, more);
        Dispose();
    }

    /// <summary>Closes the record and frees what was kept for measuring; harmless when called again.</summary>
    public void Dispose()
    {
        _record.Dispose();
        _meter.Dispose();
        _probe.Dispose();
        _shows?.Dispose();
    }

    private double Elapsed => _time.GetElapsedTime(_started).TotalSeconds;

    /// <summary>Keeps the initial weights, and looks for parameters that nobody initialised.</summary>
    private void LookAtParameters(long firstStep, int epochsBefore)
    {
        List<NamedArray> weights = [];
        _record.AppendWeights(firstStep, epochsBefore, _record.Part(Weights, () => ModuleState.Whole(_network, weights = ModuleState.Read(_network)), []));
        if (_options.Level == InspectionLevel.Off)
            return;
        _record.Part("initial values", () =>
        {
            Parameters = InitialValues.Facts(_network);
            if (InitialValues.Measure(_network, weights, isResumed: firstStep > 0) is not { Count: > 0 } found)
                return;
            _record.AppendAtStart(new StepReadings(firstStep, epochsBefore + 1, 0, [.. found.Select(one => (_record.SeriesOf(one.Quantity, one.Parameter, "1"), one.Value))]));
        });
    }

    private void Check(long step, int epoch, bool isEpochOver)
    {
        if (!_checks.AreDue(isEpochOver) || _leftOut.Try("the checks", () => _checks.Take(Outputs.ClassesOfLoss, isEpochOver), []) is not { Count: > 0 } found)
            return;
        _record.Append(new StepReadings(step, epoch, Elapsed, [.. found.Select(check => (_record.SeriesOf(check.Quantity, "", "1"), check.Value))]));
    }

    private void Measure(long step, int epoch, Tensor? images, StepRows rows, Tensor? loss, IEnumerable<(string Optimizer, double Rate)> rates)
    {
        var measured = _leftOut.Try(Readings, () => _meter.Measure(step, loss, rows), new Measurement([], []));
        _record.NoteLayers(Layers);
        var values = _record.Values(measured, Outputs);
        values.AddRange(_leftOut.Try("the learning rates", () => rates.ToList(), []).Select(rate => (_record.SeriesOf(QuantityNames.LearningRate, rate.Optimizer, "1"), rate.Rate)));
        if (ShowsMore)
        {
            _dead.Note(measured);
            AddDeadUnits(values, () => _dead.AtStep(step, _meter.LookSeconds));
        }

        _record.Append(new StepReadings(step, epoch, Elapsed, values) { Histograms = measured.Histograms });
        _shows?.Step(step, images, rows.IsPerPixel ? null : rows.Labels, rows.Outputs);
    }

    private void AddDeadUnits(List<(Series, double)> values, Func<IReadOnlyList<(string Layer, double Share)>> look)
    {
        foreach (var (layer, share) in _leftOut.Try("dead units", look, []))
            values.Add((_record.SeriesOf(QuantityNames.DeadUnits, layer, "fraction"), share));
    }
}
