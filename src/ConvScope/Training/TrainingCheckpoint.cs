using ConvScope.Checkpoints;
using ConvScope.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Training;

/// <summary>A training's state after an epoch, as it lies in a checkpoint.</summary>
internal sealed class TrainingCheckpoint : IDisposable
{
    private const string RandomState = "rng_state";
    private const string ShuffleState = "shuffle_state";
    private const string Buffer = "momentum_buffer";
    private readonly Checkpoint _file;
    private readonly IReadOnlyDictionary<object, object?> _root;

    private TrainingCheckpoint(Checkpoint file)
    {
        _file = file;
        _root = file.Root as IReadOnlyDictionary<object, object?> ?? throw Broken("it holds no dictionary");
        Step = Entry<long>(_root, "step");
        Epochs = [.. Entry<IReadOnlyList<object?>>(_root, "history").Select(epoch => Metrics(epoch as IReadOnlyDictionary<object, object?> ?? throw Broken("its history is no list of epochs")))];
    }

    /// <summary>Updates that were made.</summary>
    public long Step { get; }

    /// <summary>The metrics of the epochs that are over.</summary>
    public IReadOnlyList<EpochMetrics> Epochs { get; }

    /// <summary>Opens a checkpoint, or the last whole one of a folder.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or no checkpoint of a training.</exception>
    public static TrainingCheckpoint Open(string path)
    {
        if (!Directory.Exists(path))
            return OpenFile(path);
        var reasons = new List<Exception>();
        foreach (var file in CheckpointFolder.Epochs(path))
        {
            try
            {
                return OpenFile(file);
            }
            catch (InvalidDataException exception)
            {
                reasons.Add(exception); // a machine that went down may leave one; the one before it is whole
            }
        }

        throw reasons.Count > 0 ? reasons[0] : new FileNotFoundException($"The folder '{path}' holds no checkpoint 'epoch-*.pth' to resume from.", path);
    }

    /// <summary>What is written of a training; the names are PyTorch's where it has them.</summary>
    public static Dictionary<string, object?> Describe(nn.Module network, optim.Optimizer optimizer, Generator shuffle, IReadOnlyList<EpochMetrics> epochs, long step, TrainingOptions options)
    {
        using var scope = NewDisposeScope();
        return new Dictionary<string, object?>
        {
            ["epoch"] = epochs[^1].Epoch,
            ["step"] = step,
            ["state_dict"] = ModuleWeights.Read(network).ToDictionary(tensor => (object)tensor.Name, tensor => (object?)tensor),
            ["optimizer"] = Optimizer((OptimizerHelper)optimizer, options),
            [RandomState] = ModuleWeights.Copy(RandomState, random.get_rng_state()),
            [ShuffleState] = ModuleWeights.Copy(ShuffleState, shuffle.get_state()),
            ["history"] = epochs.Select(Dictionary).ToList<object?>(),
            ["network"] = (network as SpecNetwork)?.Spec.ToJson(),
            ["options"] = new Dictionary<object, object?> { ["batch_size"] = options.BatchSize, ["epochs"] = options.Epochs, ["seed"] = options.Seed ?? TrainingOptions.DefaultSeed },
        };
    }

    /// <summary>Copies parameters and buffers into a network.</summary>
    public void LoadNetwork(nn.Module network) => ModuleWeights.Load(network, _file.StateDict("state_dict"));

    /// <summary>Copies what the optimizer and the generators kept.</summary>
    public void LoadState(optim.Optimizer optimizer, Generator shuffle)
    {
        using var scope = NewDisposeScope();
        random.set_rng_state(ModuleWeights.Create(Entry<StoredTensor>(_root, RandomState)));
        shuffle.set_state(ModuleWeights.Create(Entry<StoredTensor>(_root, ShuffleState)));
        var stored = Entry<IReadOnlyDictionary<object, object?>>(Entry<IReadOnlyDictionary<object, object?>>(_root, "optimizer"), "state");
        foreach (var (parameter, (index, state)) in optimizer.parameters().Zip(((OptimizerHelper)optimizer).state_dict().State.Index()))
        {
            if (stored.TryGetValue((long)index, out var entry) && entry is IReadOnlyDictionary<object, object?> values && values.TryGetValue(Buffer, out var buffer) && buffer is StoredTensor momentum)
                ((SGD.State)state).momentum_buffer = ModuleWeights.Create(momentum).to(parameter.device).DetachFromDisposeScope();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    private static TrainingCheckpoint OpenFile(string path)
    {
        var file = Checkpoint.Open(path);
        try
        {
            return new TrainingCheckpoint(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The dictionary of <c>torch.optim.SGD.state_dict()</c>.</summary>
    private static Dictionary<string, object?> Optimizer(OptimizerHelper optimizer, TrainingOptions options)
    {
        var states = optimizer.state_dict().State;
        return new Dictionary<string, object?>
        {
            ["state"] = states.Index().ToDictionary(
                state => (object)(long)state.Index,
                state => (object?)new Dictionary<string, object?> { [Buffer] = ((SGD.State)state.Item).momentum_buffer is { } buffer ? ModuleWeights.Copy(Buffer, buffer) : null }),
            ["param_groups"] = new List<object?>
            {
                new Dictionary<string, object?>
                {
                    ["lr"] = options.LearningRate, ["momentum"] = options.Momentum, ["dampening"] = 0.0, ["weight_decay"] = 0.0, ["nesterov"] = false, ["maximize"] = false, ["foreach"] = null,
                    ["differentiable"] = false, ["params"] = Enumerable.Range(0, states.Count).Select(index => (object?)(long)index).ToList(),
                },
            },
        };
    }

    private static Dictionary<string, object?> Dictionary(EpochMetrics epoch) => new()
    {
        ["epoch"] = epoch.Epoch,
        ["epochs"] = epoch.EpochCount,
        ["train_loss"] = epoch.TrainLoss,
        ["train_accuracy"] = epoch.TrainAccuracy,
        ["validation_loss"] = epoch.ValidationLoss,
        ["validation_accuracy"] = epoch.ValidationAccuracy,
        ["seconds"] = epoch.Seconds,
    };

    private EpochMetrics Metrics(IReadOnlyDictionary<object, object?> epoch) => new(
        (int)Entry<long>(epoch, "epoch"), (int)Entry<long>(epoch, "epochs"), Entry<double>(epoch, "train_loss"), Entry<double>(epoch, "train_accuracy"),
        epoch.GetValueOrDefault("validation_loss") as double?, epoch.GetValueOrDefault("validation_accuracy") as double?, Entry<double>(epoch, "seconds"));

    private T Entry<T>(IReadOnlyDictionary<object, object?> dictionary, string name) => dictionary.TryGetValue(name, out var value) && value is T entry
        ? entry
        : throw Broken($"its entry '{name}' is missing or of another kind");

    private InvalidDataException Broken(string what) => new($"'{_file.Path}' cannot be resumed from: {what}. Weights alone are loaded with ModuleWeights.Load.");
}
