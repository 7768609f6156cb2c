using ConvScope.Augmentation;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Records.Files;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Training.Images;
using ConvScope.Training.NonFinite;
using ConvScope.Training.Optimization;
using ConvScope.Training.Saving;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Training;

/// <summary>Trains a network on the loss of its task, and tells observers of every step and epoch.</summary>
/// <remarks>An instance holds no state of a training and may train many networks, one after another or on several threads.</remarks>
public sealed class Trainer
{
    private readonly TrainingOptions _options;
    private readonly IReadOnlyList<TrainingObserver> _observers;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;

    /// <summary>Makes a trainer.</summary>
    /// <param name="options">How to train; checked here.</param>
    /// <param name="observers">Who is told of steps and epochs, in this order; null for nobody.</param>
    /// <param name="logger">Gets a line an epoch and warnings; null for nobody.</param>
    /// <param name="time">Measures durations; null for the system's clock.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public Trainer(TrainingOptions options, IReadOnlyList<TrainingObserver>? observers = null, ILogger? logger = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _observers = observers ?? [];
        _logger = logger ?? NullLogger.Instance;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Trains <paramref name="network"/> in place.</summary>
    /// <param name="network">Gives logits <c>[N, K]</c>, or one value <c>[N, 1]</c> for binary classification and regression, for raw pixels <c>[N, C, H, W]</c>; on the device of the images. It is left in evaluation mode.</param>
    /// <param name="train">The training set.</param>
    /// <param name="validation">Measured after each epoch, never trained on; null for none.</param>
    /// <param name="cancellation">Ends the training before its next step.</param>
    /// <returns>The metrics of each epoch.</returns>
    /// <exception cref="ArgumentException">
    /// A label is no class of the network, an option does not fit the task, there is no validation set for early stopping, the network
    /// lies on another device than the images, or it has lost a parameter when it was moved.
    /// </exception>
    /// <exception cref="DamagedFileException">An image of a streamed set is corrupt, and its decoding says that this is the end; the message names it.</exception>
    /// <exception cref="FileNotFoundException">There is nothing to resume from.</exception>
    /// <exception cref="DamagedFileException">What should be resumed is damaged, or of another network.</exception>
    /// <exception cref="OperationCanceledException">The token asked for the end. The network keeps what it has learned so far.</exception>
    /// <exception cref="PlatformNotSupportedException">
    /// A GPU is to train deterministically, and this libtorch has no switch for it.
    /// </exception>
    /// <exception cref="NonFiniteTrainingException">
    /// A loss, or the weights after an epoch, are NaN or infinite, and <see cref="TrainingOptions.OnNonFinite"/> is
    /// <see cref="NonFiniteAction.Stop"/>. The network keeps the weights that showed it.
    /// </exception>
    public TrainingResult Train(nn.Module<Tensor, Tensor> network, TrainingImages train, TrainingImages? validation = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(train);
        if (_options.EarlyStopping is not null && validation is null)
            throw new ArgumentException("Early stopping needs a validation set to watch.", nameof(validation));
        var task = TaskTensors.Of(network, _options.Task);
        var format = new ComputeFormat(_options.Precision, _options.ChannelsLast);
        var described = network as SpecNetwork;
        TorchRuntime.Load();
        CheckFit(network, task, format);
        CheckPlaces(network, train, validation);
        using var settings = BackendSettings.Apply(_options, train.Device);
        Tell(train, validation);
        var observers = new ObserverGroup(_observers, _logger);
        var clock = _time.GetTimestamp();
        using var resumed = _options.ResumeFrom is null ? null : TrainingCheckpoint.Open(_options.ResumeFrom);
        resumed?.LoadNetwork(network);
        var steps = resumed?.Step ?? 0;
        observers.Started(new TrainingStarted(
            network, _options, train.Device, train.Count, validation?.Count ?? 0, (train.Count + _options.BatchSize - 1) / _options.BatchSize)
        { Train = train, Validation = validation, FirstStep = steps, Task = task });
        try
        {
            described?.TrainingFormat = format;
            var (epochs, nonFinite) = RunEpochs(network, task, train, validation, observers, resumed, ref steps, cancellation);
            var seconds = _time.GetElapsedTime(clock).TotalSeconds;
            observers.Ended(new TrainingEnded(TrainingOutcome.Completed, steps, seconds, null));
            return new TrainingResult(epochs, steps, seconds) { NonFinite = nonFinite };
        }
        catch (Exception exception)
        {
            var outcome = exception is OperationCanceledException ? TrainingOutcome.Cancelled : TrainingOutcome.Failed;
            observers.Ended(new TrainingEnded(outcome, steps, _time.GetElapsedTime(clock).TotalSeconds, exception));
            throw;
        }
        finally
        {
            network.eval();
            described?.TrainingFormat = default;
        }
    }

    /// <summary>Steps from one look at the losses to the next; null, the default, for what the device makes good.</summary>
    internal int? LossInterval { get; init; }

    /// <summary>
    /// The loop, top to bottom. Nothing in it waits for a device but a look at the losses every few steps, and the end of an epoch.
    /// </summary>
    private (List<EpochMetrics> Epochs, NonFiniteState? NonFinite) RunEpochs(
        nn.Module<Tensor, Tensor> network, LearningTask task, TrainingImages train, TrainingImages? validation, ObserverGroup observers, TrainingCheckpoint? resumed, ref long step, CancellationToken cancellation)
    {
        var seed = _options.Seed ?? TrainingOptions.DefaultSeed;
        using var callersRandomState = new SeededRandomState(seed);
        using var shuffle = new Generator((ulong)seed); // its own: what dropout draws does not change the order
        var generators = new TrainingGenerators(shuffle, DefaultGenerators.Of(train.Device));
        using var updates = new Updates(network, _options, (train.Count + _options.BatchSize - 1) / _options.BatchSize);
        var checkpoints = _options.Checkpoints is null ? null : new CheckpointFolder(_options.Checkpoints, resumed is not null, _logger);
        using var finite = Watch(network, train.Device, observers, () => checkpoints?.Newest ?? resumed?.Path, cancellation);
        GoOn(resumed, updates, generators, train.Device);
        var epochs = new List<EpochMetrics>(resumed?.Epochs ?? []);
        var first = step;
        for (var epoch = epochs.Count + 1; epoch <= _options.Epochs && _options.EarlyStopping?.IsOver(epochs) != true; epoch++)
        {
            var clock = _time.GetTimestamp();
            using var totals = new RunningTotals(train.Device, task);
            using var batches = train.Shuffled(shuffle, _options.BatchSize, cancellation);
            network.train();
            while (batches.MoveNext())
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var (images, labels) = batches.Take();
                var batch = ImageAugmentation.Apply(_options.Augmentations, images, labels, seed, step); // [N, C, H, W], [N]

                updates.Begin(step, epochs);
                var outputs = network.call(batch.Images); // [N, K], K is 1 for binary classification and regression
                if (step == first)
                    CheckLabels(task, train, validation, outputs);
                var loss = batch.Loss(task, outputs, _options.LabelSmoothing); // scalar, mean over N
                loss.backward();
                finite.Look(step, epoch, batch.Images, loss); // the weights that gave it are still there
                updates.Apply(step);

                totals.Add(loss, outputs, batch.Labels);
                observers.Step(new StepCompleted(step++, epoch, batch.Images, batch.Labels, outputs, loss) { LearningRate = updates.LearningRate, Originals = batch.Originals });
            }

            var isFinite = finite.LookAtWeights(step - 1, epoch, updates.Average);
            var trained = totals.Read(); // the one wait of the epoch
            var measured = validation is null ? null : updates.Evaluate(() => Evaluator.Evaluate(network, validation, task: task, cancellation: cancellation));
            var seconds = _time.GetElapsedTime(clock).TotalSeconds;
            var metrics = Metrics(epoch, trained, measured, batches, seconds) with { HasFiniteWeights = isFinite };
            epochs.Add(metrics);
            updates.EndEpoch(epochs);
            checkpoints?.Save(network, updates, generators, epochs, step, _options);
            TrainingLog.Epoch(_logger, metrics);
            observers.Epoch(new EpochCompleted(step - 1, metrics));
            finite.LookAtValidation(step - 1, metrics, () => updates.Evaluate(() => NonFiniteSearch.InSet(network, validation!)));
        }

        updates.Finish(epochs);
        return (epochs, finite.First);
    }

    /// <summary>Gives optimizer and generators the state that a checkpoint has of them.</summary>
    private void GoOn(TrainingCheckpoint? resumed, Updates updates, TrainingGenerators generators, Device device)
    {
        resumed?.LoadState(updates, generators);
        if (resumed is { HasGpuState: false } && generators.Gpu is not null)
            TrainingLog.NoGpuState(_logger, resumed.Path, device);
    }

    /// <summary>Checks that the options suit the network.</summary>
    private void CheckFit(nn.Module network, LearningTask task, ComputeFormat format)
    {
        if (!task.HasClasses && _options.LabelSmoothing > 0)
            throw new ArgumentException($"Label smoothing shares probability among classes; {task} has none. {nameof(TrainingOptions.LabelSmoothing)} must be 0.");
        if (network is not SpecNetwork && format != default)
            throw new ArgumentException("Mixed precision and channels-last need a network that was made from a description; this one is a module of your own.", nameof(network));
    }

    /// <summary>Checks that all parameters are there, and that network and images lie in one place.</summary>
    private static void CheckPlaces(nn.Module network, TrainingImages train, TrainingImages? validation)
    {
        if ((ModuleMove.Lost(network) ?? Devices.Difference(network, train.Device)) is { } fault)
            throw new ArgumentException(fault, nameof(network));
        if (validation is not null && !Devices.IsSame(validation.Device, train.Device))
        {
            var (one, other) = (Devices.Exact(train.Device), Devices.Exact(validation.Device));
            var text = $"The training set is for {one}, the validation set for {other}; both go to one device.";
            throw new ArgumentException(text, nameof(validation));
        }
    }

    /// <summary>Says before the first step what a GPU does otherwise than one might think.</summary>
    private void Tell(TrainingImages train, TrainingImages? validation)
    {
        if (train.Device.type == DeviceType.CUDA)
        {
            var tensorFloat32 = TensorFloat32.Read();
            TrainingLog.Gpu(_logger, train.Device, tensorFloat32, _options.Deterministic ? "give" : "need not give");
        }

        if (train.HostReason is { } reason)
            TrainingLog.StaysOnHost(_logger, "training set", reason);
        if (validation?.HostReason is { } itsReason)
            TrainingLog.StaysOnHost(_logger, "validation set", itsReason);
    }

    private FiniteWatch Watch(
        nn.Module<Tensor, Tensor> network, Device device, ObserverGroup observers, Func<string?> checkpoint, CancellationToken cancellation)
        => new(network, new LossWatch(device, LossInterval), device, observers, _logger)
        {
            Stops = _options.OnNonFinite == NonFiniteAction.Stop,
            Checkpoint = checkpoint,
            Cancellation = cancellation,
        };

    private EpochMetrics Metrics(int epoch, Scores trained, Scores? measured, ImageBatches batches, double seconds) =>
        new(epoch, _options.Epochs, trained.Loss, trained.Accuracy, measured?.Loss, measured?.Accuracy, seconds)
        {
            TrainConfusion = trained.Confusion,
            ValidationConfusion = measured?.Confusion,
            TrainError = trained.Error,
            ValidationError = measured?.Error,
            ValidationMistakes = measured?.WorstMistakes ?? [],
            WaitingSeconds = batches.WaitingSeconds is null && measured?.WaitingSeconds is null
                ? null
                : (batches.WaitingSeconds ?? 0) + (measured?.WaitingSeconds ?? 0),
            SkippedImages = batches.Skipped,
        };

    /// <summary>Checks once, before the first update, what torch would only say as it fails in native code.</summary>
    private static void CheckLabels(LearningTask task, TrainingImages train, TrainingImages? validation, Tensor outputs)
    {
        foreach (var data in new[] { train, validation }.OfType<TrainingImages>())
            task.Check(outputs.shape, data.AllLabels(), ReferenceEquals(data, train) ? "training set" : "validation set");
    }
}
