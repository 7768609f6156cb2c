using ConvScope.Augmentation;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Records.Files;
using ConvScope.Records.Networks.Layers;
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
        TrainingChecks.Checkpoints(_options, _observers);
        var task = TaskTensors.Of(network, _options.Task);
        var format = new ComputeFormat(_options.Precision, _options.ChannelsLast);
        var described = network as SpecNetwork;
        TorchRuntime.Load();
        TrainingChecks.Fit(_options, network, task, format);
        TrainingChecks.Places(network, train, validation);
        using var settings = BackendSettings.Apply(_options, train.Device);
        TrainingChecks.Tell(_options, train, validation, _logger);
        var observers = new ObserverGroup(_observers, _logger);
        var clock = _time.GetTimestamp();
        using var resumed = _options.ResumeFrom is null ? null : Resume(_options.ResumeFrom);
        resumed?.LoadNetwork(network);
        var steps = resumed?.Step ?? 0;
        var origin = TrainingOrigin.Create(resumed);
        observers.Started(new TrainingStarted(
            network, _options, train.Device, train.Count, validation?.Count ?? 0, (train.Count + _options.BatchSize - 1) / _options.BatchSize)
        { Train = train, Validation = validation, FirstStep = steps, Task = task, Run = origin.Run, Parent = origin.Parent, StopRequest = observers.Stop });
        try
        {
            described?.TrainingFormat = format;
            var checkpoints = _options.Checkpoints is null ? null : new CheckpointFolder(_options.Checkpoints, observers.Directory, origin, _logger);
            var (epochs, nonFinite) = RunEpochs(network, task, train, validation, observers, checkpoints, resumed, ref steps, cancellation);
            var seconds = _time.GetElapsedTime(clock).TotalSeconds;
            var reason = observers.Stop.Reason ?? (epochs.Count == _options.Epochs ? null : _options.EarlyStopping?.Reason(epochs));
            var outcome = reason is null ? TrainingOutcome.Completed : TrainingOutcome.Stopped;
            observers.Ended(new TrainingEnded(outcome, steps, seconds, null) { Reason = reason });
            return new TrainingResult(epochs, steps, seconds) { NonFinite = nonFinite, Outcome = outcome, StopReason = reason };
        }
        catch (Exception exception)
        {
            var outcome = exception is OperationCanceledException ? TrainingOutcome.Cancelled : TrainingOutcome.Failed;
            var reason = outcome == TrainingOutcome.Cancelled ? "The caller asked for the end." : exception.Message;
            observers.Ended(new TrainingEnded(outcome, steps, _time.GetElapsedTime(clock).TotalSeconds, exception) { Reason = reason });
            throw;
        }
        finally
        {
            network.eval();
            described?.TrainingFormat = default;
            KeptMemory.Release();
        }
    }

    /// <summary>Steps from one look at the losses to the next; null, the default, for what the device makes good.</summary>
    internal int? LossInterval { get; init; }

    /// <summary>The loop, top to bottom. Nothing in it waits for a device but a look at the losses every few steps, and the end of an epoch.</summary>
    private (List<EpochMetrics> Epochs, NonFiniteState? NonFinite) RunEpochs(
        nn.Module<Tensor, Tensor> network, LearningTask task, TrainingImages train, TrainingImages? validation, ObserverGroup observers, CheckpointFolder? checkpoints,
        TrainingCheckpoint? resumed, ref long step, CancellationToken cancellation)
    {
        var seed = _options.Seed ?? TrainingOptions.DefaultSeed;
        using var random = new GlobalRandom.Stream(seed); // beside other trainings of this process
        var draws = network is not SpecNetwork { Spec: var spec } || spec.Layers.OfType<DropoutLayer>().Any();
        using var shuffle = new Generator((ulong)seed); // its own: what dropout draws does not change the order
        var generators = new TrainingGenerators(shuffle, DefaultGenerators.Of(train.Device));
        using var weights = ClassWeighting.Of(_options, task, train, (network as SpecNetwork)?.Spec.ClassCount ?? 0);
        var drawn = DrawnOrder.Of(_options.Sampling, train);
        using var updates = new Updates(network, _options, (train.Count + _options.BatchSize - 1) / _options.BatchSize);
        using var finite = Watch(network, train.Device, observers, () => checkpoints?.Newest ?? resumed?.Path);
        using (random.Take())
            GoOn(resumed, updates, generators, train.Device);
        var epochs = new List<EpochMetrics>(resumed?.Epochs ?? []);
        var (first, over) = (step, step); // over: the updates that whole epochs have made
        try
        {
            for (var epoch = epochs.Count + 1; epoch <= _options.Epochs && !observers.IsStopped && _options.EarlyStopping?.IsOver(epochs) != true; epoch++)
            {
                var clock = _time.GetTimestamp();
                using var totals = new RunningTotals(train.Device, task);
                using var batches = train.Shuffled(shuffle, _options.BatchSize, cancellation, drawn);
                network.train();
                var isCut = false;
                while (batches.MoveNext())
                {
                    if (isCut = observers.IsStopped)
                        break;
                    cancellation.ThrowIfCancellationRequested();
                    using var scope = NewDisposeScope();
                    var (images, labels) = batches.Take();
                    var batch = ImageAugmentation.Apply(_options.Augmentations, new AugmentedBatch(images, labels) { Weights = _options.Sampling == Sampling.ByWeight ? null : batches.TakeWeights() }, seed, step); // [N, C, H, W], [N]

                    updates.Begin(step, epochs);
                    Tensor outputs; // [N, K], K is 1 for binary classification and regression
                    using (random.Take(draws))
                        outputs = network.call(batch.Images);
                    if (step == first)
                        TrainingChecks.Labels(task, train, validation, outputs);
                    var loss = batch.Loss(task, outputs, _options.LabelSmoothing, weights); // scalar, mean over N
                    loss.backward();
                    finite.Look(step, epoch, batch.Images, loss); // the weights that gave it are still there
                    if (isCut = observers.IsStopped)
                        break; // an observer has the say over a loss that is not finite
                    updates.Apply(step);

                    totals.Add(loss, outputs, batch.Labels);
                    observers.Step(new StepCompleted(step++, epoch, batch.Images, batch.Labels, outputs, loss)
                    { LearningRate = updates.LearningRate, Originals = batch.Originals, StopRequest = observers.Stop });
                }

                if (isCut)
                    break;
                over = step;
                var isFinite = finite.LookAtWeights(step - 1, epoch, updates.Average);
                var trained = totals.Read(); // the one wait of the epoch
                var measured = validation is null ? null : updates.Evaluate(() => Evaluate(random.Take(isDrawn: network is not SpecNetwork)));
                var seconds = _time.GetElapsedTime(clock).TotalSeconds;
                var metrics = Metrics(epoch, trained, measured, batches, seconds) with { HasFiniteWeights = isFinite };
                epochs.Add(metrics);
                updates.EndEpoch(epochs);
                using (random.Take())
                    checkpoints?.Save(network, updates, generators, epochs, step, _options);
                TrainingLog.Epoch(_logger, metrics);
                observers.Epoch(new EpochCompleted(step - 1, metrics) { StopRequest = observers.Stop });
                finite.LookAtValidation(step - 1, metrics, () => updates.Evaluate(() => NonFiniteSearch.InSet(network, validation!)));
            }
        }
        finally
        {
            checkpoints?.End(network, epochs.Count, step, isWithinEpoch: step > over);
        }

        updates.Finish(epochs);
        return (epochs, finite.First);

        Scores Evaluate(GlobalRandom.Hold hold)
        {
            using (hold)
                return Evaluator.Evaluate(network, validation!, task: task, cancellation: cancellation);
        }
    }

    /// <summary>Opens what is gone on from, and says where that is.</summary>
    private TrainingCheckpoint Resume(string path)
    {
        var resumed = TrainingCheckpoint.Open(path);
        if (resumed.Epochs.Count >= _options.Epochs || _options.EarlyStopping?.IsOver(resumed.Epochs) == true)
        {
            var (file, over) = (resumed.Path, resumed.Epochs.Count);
            resumed.Dispose();
            throw new ArgumentException(over >= _options.Epochs
                ? $"There is nothing left to train: {over} epochs are over in '{file}', and {nameof(TrainingOptions.Epochs)} is {_options.Epochs}."
                : $"There is nothing left to train: early stopping has ended the training of '{file}' after {over} epochs.");
        }

        TrainingLog.GoesOn(_logger, resumed.Path, resumed.Epochs.Count);
        if (resumed.BatchSize is { } size && size != _options.BatchSize)
            TrainingLog.OtherBatchSize(_logger, resumed.Path, size, _options.BatchSize);
        return resumed;
    }

    /// <summary>Gives optimizer and generators the state that a checkpoint has of them.</summary>
    private void GoOn(TrainingCheckpoint? resumed, Updates updates, TrainingGenerators generators, Device device)
    {
        resumed?.LoadState(updates, generators);
        if (resumed is { HasGpuState: false } && generators.Gpu is not null)
            TrainingLog.NoGpuState(_logger, resumed.Path, device);
    }

    private FiniteWatch Watch(nn.Module<Tensor, Tensor> network, Device device, ObserverGroup observers, Func<string?> checkpoint) =>
        new(network, new LossWatch(device, LossInterval), device, observers, _logger)
        {
            Stops = _options.OnNonFinite == NonFiniteAction.Stop,
            Checkpoint = checkpoint,
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
}
