using System.Diagnostics;
using ConvScope.Inspection;
using ConvScope.Measuring;
using ConvScope.Native;
using ConvScope.Records.Diagnosis;
using ConvScope.Records.Recording;
using ConvScope.Training.NonFinite;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope;

/// <summary>
/// Inspects a training whose loop is your own: attach it to the network before the first step, tell it of every step after <c>optimizer.step()</c> and before the gradients
/// are zeroed, and dispose it at the end.
/// <code>
/// using var scope = Scope.Attach(module, optimizer, "runs/mine");
/// // … loss.backward(); optimizer.step();
/// scope.Step(loss, outputs, labels);
/// </code>
/// </summary>
/// <remarks>
/// It changes nothing in the training, and never throws while it runs. A part that fails for this network is left out from then on, with a warning, and named in <see cref="Failures"/>, the record and the page; what fails
/// as a whole is kept in <see cref="Failure"/> and ends the inspection. A loss that is NaN or infinite becomes a finding and one warning; the loop goes on, since it is yours. Calls come from the thread that trains.
/// What the layers give is measured where the network is called with <c>call</c>, as TorchSharp's hooks need: a network that takes one tensor and gives one is shown images of the first batches between your steps, and
/// whatever it holds and draws is put back; of any other the layers are seen in your own calls, for the batch of that step.
/// </remarks>
public sealed partial class Scope : IDisposable
{
    private readonly ILogger _logger;
    private readonly InspectionOptions _options;
    private IReadOnlyList<optim.Optimizer> _optimizers;
    private readonly long _started = Stopwatch.GetTimestamp();
    private RunInspection? _inspection;
    private RunDiagnosis? _diagnosis;
    private LastCall? _call;
    private LossWatch? _losses;
    private bool _isFinite = true;
    private LeftOut? _leftOut;
    private HandedToScope? _handed;
    private long _step;
    private int _epoch = 1;

    private Scope(nn.Module module, optim.Optimizer optimizer, InspectionOptions options, ILogger logger)
    {
        _logger = logger;
        _options = options;
        _optimizers = [optimizer];
        Guarded(() =>
        {
            _inspection = RunInspection.Start(options, module, options.StepsPerEpoch, steps: 0, RunConditions.OfLoop(module, optimizer, options), logger);
            RunFolder = _inspection.Record.Directory?.Folder;
            _leftOut = _inspection.LeftOut;
            _handed = new HandedToScope(_leftOut);
            if (options.Diagnose)
            {
                var facts = new RunFacts { StepsPerEpoch = options.StepsPerEpoch };
                _diagnosis = RunDiagnosis.Listen(_inspection, facts, options.Rules, options.StopOn, logger, logsTold: false);
            }

            _call = new LastCall(module, () => _inspection?.Visits.IsOpen == true);
        });
    }

    /// <summary>The folder that holds the record, as a full path; null where none could be written.</summary>
    public string? RunFolder { get; private set; }

    /// <summary>What ended the inspection; null while all is well.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Parts that failed and were left out from then on, in the order in which they did; empty while all is well.</summary>
    public IReadOnlyList<LeftOutPart> Failures => _leftOut?.Parts ?? [];

    /// <summary>What the diagnosis has found so far, in the order in which it was found.</summary>
    public IReadOnlyCollection<Finding> Findings => _diagnosis?.Findings ?? [];

    /// <summary>The first finding as bad as <see cref="InspectionOptions.StopOn"/> says: a reason to leave the loop. Null while there is none.</summary>
    public Finding? StopReason => _diagnosis?.Stopping;

    /// <summary>Starts to inspect a network at the default level.</summary>
    /// <param name="module">The network, on its device, before the first step. It may take and give anything.</param>
    /// <param name="optimizer">What trains it; its learning rate is recorded.</param>
    /// <param name="folder">The run folder; one that holds a record already is left alone and another number is appended.</param>
    /// <param name="logger">Gets warnings; null for nobody.</param>
    public static Scope Attach(nn.Module module, optim.Optimizer optimizer, string folder, ILogger? logger = null) =>
        Attach(module, optimizer, new InspectionOptions(folder), logger);

    /// <summary>Starts to inspect a network.</summary>
    /// <param name="module">The network, on its device, before the first step. It may take and give anything.</param>
    /// <param name="optimizer">What trains it; its learning rate is recorded.</param>
    /// <param name="options">What is measured and where it is kept; checked here.</param>
    /// <param name="logger">Gets warnings; null for nobody.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of its range; or the network was moved to a device or another type and has lost a parameter, or the optimizer was made before that: the message says where.
    /// </exception>
    public static Scope Attach(nn.Module module, optim.Optimizer optimizer, InspectionOptions options, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        TorchRuntime.Load();
        if (ModuleMove.Lost(module) is { } lost)
            throw new ArgumentException(lost, nameof(module));
        if (ModuleMove.Stale(optimizer) is { } stale)
            throw new ArgumentException(stale, nameof(optimizer));
        return new Scope(module, optimizer, options, QuietLogger.Of(logger));
    }

    /// <summary>From now on other optimizers train the network, one or several; the learning rate of each is recorded.</summary>
    /// <param name="optimizers">The optimizers, the first one's rate under the name of the network's.</param>
    /// <exception cref="ArgumentException">There is none, or one is null.</exception>
    public void Use(params IReadOnlyList<optim.Optimizer> optimizers)
    {
        ArgumentNullException.ThrowIfNull(optimizers);
        if (optimizers.Count == 0 || optimizers.Contains(null!))
            throw new ArgumentException("A training has an optimizer, and none of them is null.", nameof(optimizers));
        _optimizers = [.. optimizers];
    }

    /// <summary>An optimizer update has been made; the parameters still carry the gradients that led to it.</summary>
    /// <param name="loss">Loss of the batch before the update, one element; another one is not recorded.</param>
    /// <param name="outputs">
    /// Logits before the update, <c>[N, K]</c>, <c>[N, 1]</c> for yes or no, <c>[N, K, …]</c> for classes of pixels; null where there are none, then no accuracy is measured. What they mean follows from the first step, or
    /// is said by <see cref="InspectionOptions.Task"/>.
    /// </param>
    /// <param name="labels">
    /// Class indices of any integer type, <c>[N]</c>, or <c>[N, …]</c> for pixels; those that are no class, such as −100, are left aside. Numbers where they are what is learned. Null, or of another shape, where there are none:
    /// then no gradient by the layers' outputs is measured.
    /// </param>
    public void Step(Tensor loss, Tensor? outputs = null, Tensor? labels = null)
    {
        ArgumentNullException.ThrowIfNull(loss);
        Guarded(() =>
        {
            if (_inspection is null)
                return;
            _inspection.LeftOut.Step = _step;
            using var scope = NewDisposeScope();
            if (_call is { WasMade: false })
                _leftOut?.Add("the layers", new InvalidOperationException("The network was not called before the step: use call in place of forward, then its layers are seen."));
            (outputs, labels) = (_handed!.Alive(outputs, "the outputs"), _handed.Alive(labels, "the labels"));
            var single = _handed.Loss(loss);
            if (_isFinite && single is not null)
                Note((_losses ??= new LossWatch(single.device)).Add(_step, single));
            using var images = _call?.Take();
            _inspection.Step(_step, _epoch, images, labels, outputs, single?.to((outputs ?? single).device), () => _handed.Rates(_optimizers)); // the loss may lie elsewhere
            if (!_inspection.WantsImages)
                Unhook();
        });
        _step++;
    }

    /// <summary>An epoch is over: dead units are looked for, and weights, gradients and feature maps are kept.</summary>
    /// <param name="metrics">What it came to, by name, such as <see cref="QuantityNames.ValidationAccuracy"/>; null for nothing.</param>
    public void EndEpoch(IReadOnlyDictionary<string, double>? metrics = null)
    {
        Guarded(() => Note(_losses?.Read()));
        Guarded(() => NoteValidation(metrics));
        Guarded(() => _inspection?.AppendMistakes(_step - 1, _epoch));
        Guarded(() => _inspection?.EndEpoch(_step - 1, _epoch, [.. (metrics ?? new Dictionary<string, double>()).Select(metric => (metric.Key, "1", metric.Value))]));
        _epoch++;
    }

    /// <summary>Ends the inspection, closes the record, and writes figures, <c>report.html</c> and <c>summary.json</c> as the options say. A second call is harmless.</summary>
    public void Dispose()
    {
        Guarded(() => Note(_losses?.Read()));
        _losses?.Dispose();
        _losses = null;
        Guarded(() => _inspection?.AppendAttributions());
        End();
        Unhook();
        KeptMemory.Release();
    }

    /// <summary>Closes the record, also after a failure of the inspection, which it then names; the loop itself has ended, or goes on without it.</summary>
    private void End()
    {
        if (_inspection is not { } inspection)
            return;
        _inspection = null;
        try
        {
            var more = Failure is null ? null : new Dictionary<string, string> { [MetadataNames.InspectionFailure] = $"step {_step}: {Failure.Message}" };
            inspection.End("ended", () => Stopwatch.GetElapsedTime(_started).TotalSeconds, more);
            if (inspection.Record.Directory is { } directory)
                RunReport.Write(directory, _options, inspection.Record.IsWhole, _logger);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogFailure(_logger, exception.Message, exception);
            inspection.Dispose();
        }
    }

    private void Note((long Step, double Loss)? bad) =>
        Note(bad is { } loss ? new NonFiniteState(NonFiniteKind.TrainingLoss, loss.Step, _epoch, loss.Loss) : null);

    private void NoteValidation(IReadOnlyDictionary<string, double>? metrics)
    {
        if (metrics?.TryGetValue(QuantityNames.ValidationLoss, out var loss) == true && !double.IsFinite(loss))
            Note(new NonFiniteState(NonFiniteKind.ValidationLoss, _step - 1, _epoch, loss));
    }

    /// <summary>Writes and tells what was not finite first.</summary>
    private void Note(NonFiniteState? state)
    {
        if (state is null || !_isFinite || _inspection is null)
            return;
        _isFinite = false;
        _inspection.Append(state);
        LogNonFinite(_logger, state);
    }

    private void Unhook()
    {
        _call?.Dispose();
        _call = null;
    }

    private void Guarded(Action inspect)
    {
        if (Failure is not null)
            return;
        try
        {
            using var tracking = is_inference_mode_enabled() ? inference_mode(false) : null; // gradients are taken here, whoever calls from where
            inspect();
        }
        catch (Exception exception) // whatever goes wrong here, the training goes on
        {
            Failure = exception;
            LogFailure(_logger, exception.Message, exception);
            Unhook();
            End();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The training is no longer finite. {State}")]
    private static partial void LogNonFinite(ILogger logger, NonFiniteState state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The inspection failed and ends; the training goes on. {Reason}")]
    private static partial void LogFailure(ILogger logger, string reason, Exception exception);
}
