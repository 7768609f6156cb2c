using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Files;
using ConvScope.Records.Networks;
using ConvScope.Training.Optimization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Training.Saving;

/// <summary>A training's state after an epoch, as it lies in a checkpoint.</summary>
internal sealed class TrainingCheckpoint : IDisposable
{
    private const string RandomState = "rng_state";
    private const string GpuRandomState = "cuda_rng_state"; // of the GPU that trained
    private const string ShuffleState = "shuffle_state";
    private const string Weights = "state_dict", LiveWeights = "live_state_dict", AveragedWeights = "averaged_state_dict", BestWeights = "best_state_dict";
    private readonly Checkpoint _file;
    private readonly IReadOnlyDictionary<object, object?> _root;

    private TrainingCheckpoint(Checkpoint file)
    {
        _file = file;
        _root = file.Root as IReadOnlyDictionary<object, object?> ?? throw Broken("it holds no dictionary");
        Step = Entry<long>(_root, "step");
        Epochs = [.. Entry<IReadOnlyList<object?>>(_root, "history").Select(epoch => epoch as IReadOnlyDictionary<object, object?> ?? throw Broken("its history is no list of epochs")).Select(epoch => TrainingHistory.Read(epoch, Broken))];
    }

    /// <summary>Path of the file.</summary>
    public string Path => _file.Path;

    /// <summary>The run that wrote it; empty where it does not say.</summary>
    public string Run => _root.GetValueOrDefault("run") as string ?? "";

    /// <summary>Images a step; null where it does not say.</summary>
    public long? BatchSize => (_root.GetValueOrDefault("options") as IReadOnlyDictionary<object, object?>)?.GetValueOrDefault("batch_size") as long?;

    /// <summary>Updates that were made.</summary>
    public long Step { get; }

    /// <summary>The metrics of the epochs that are over.</summary>
    public IReadOnlyList<EpochMetrics> Epochs { get; }

    /// <summary>Opens a checkpoint, or the last whole one of a folder, or of the training that went on from that.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="DamagedFileException">It is damaged, no checkpoint of a training, or its weights are NaN or infinite.</exception>
    public static TrainingCheckpoint Open(string path)
    {
        if (!Directory.Exists(path))
            return File.Exists(path) ? OpenFile(path) : throw new FileNotFoundException($"There is nothing to resume from: neither a checkpoint nor a folder '{path}'.", path);
        var reasons = new List<Exception>();
        foreach (var file in CheckpointFolder.Epochs(Continuation.Newest(path)))
        {
            try
            {
                return OpenFile(file);
            }
            catch (DamagedFileException exception)
            {
                reasons.Add(exception); // a machine that went down may leave one; the one before it is whole
            }
        }

        throw reasons.Count > 0 ? reasons[0] : new FileNotFoundException($"The folder '{path}' holds no checkpoint 'epoch-*.pth' to resume from.", path);
    }

    /// <summary>What is written of a training; the names are PyTorch's where it has them.</summary>
    public static Dictionary<string, object?> Describe(
        nn.Module network,
        Updates updates,
        TrainingGenerators generators,
        IReadOnlyList<EpochMetrics> epochs,
        long step,
        TrainingOptions options,
        TrainingOrigin origin)
    {
        using var scope = NewDisposeScope();
        var root = new Dictionary<string, object?>
        {
            ["epoch"] = epochs[^1].Epoch,
            ["step"] = step,
            [Weights] = StateOf(network),
            ["optimizer"] = Optimizer(updates),
            [RandomState] = ModuleWeights.Copy(RandomState, random.get_rng_state()),
            [ShuffleState] = ModuleWeights.Copy(ShuffleState, generators.Shuffle.get_state()),
            ["history"] = epochs.Select(TrainingHistory.Write).ToList<object?>(),
            ["network"] = (network as SpecNetwork)?.Spec.ToJson(),
            ["options"] = new Dictionary<object, object?> { ["batch_size"] = options.BatchSize, ["epochs"] = options.Epochs, ["seed"] = options.Seed ?? TrainingOptions.DefaultSeed },
        };
        if (generators.Gpu is { } gpu)
            root[GpuRandomState] = ModuleWeights.Copy(GpuRandomState, gpu.get_state());
        if (updates.Average is { } average)
            root[AveragedWeights] = average.Read();
        if (updates.Best is { } best)
            root[BestWeights] = best.Read();
        AddOrigin(root, origin);
        return root;
    }

    /// <summary>The same state with the weights that were measured, where those are averaged ones, as the weights that everybody reads.</summary>
    public static Dictionary<string, object?> WithMeasuredWeights(Dictionary<string, object?> root) => root.TryGetValue(AveragedWeights, out var averaged)
        ? new Dictionary<string, object?>(root) { [Weights] = averaged, [LiveWeights] = root[Weights] }
        : root;

    /// <summary>The weights alone, within an epoch: nothing can be resumed from there.</summary>
    public static Dictionary<string, object?> DescribeWeights(nn.Module network, int epochs, long step, TrainingOrigin origin)
    {
        using var scope = NewDisposeScope();
        var root = new Dictionary<string, object?> { ["epoch"] = epochs, [Weights] = StateOf(network), ["network"] = (network as SpecNetwork)?.Spec.ToJson(), ["interrupted_at_step"] = step };
        AddOrigin(root, origin);
        return root;
    }

    /// <summary>Copies parameters and buffers into a network.</summary>
    public void LoadNetwork(nn.Module network) => ModuleWeights.Load(network, _file.StateDict(_root.ContainsKey(LiveWeights) ? LiveWeights : Weights));

    /// <summary>
    /// Whether the state of a GPU's generator is kept: not in a training on the CPU, nor in files of before there was one.
    /// </summary>
    public bool HasGpuState => _root.ContainsKey(GpuRandomState);

    /// <summary>Copies what the optimizer and the generators kept.</summary>
    public void LoadState(Updates updates, TrainingGenerators generators)
    {
        using var scope = NewDisposeScope();
        random.set_rng_state(StateOf(RandomState, random.get_rng_state()));
        generators.Shuffle.set_state(StateOf(ShuffleState, generators.Shuffle.get_state()));
        if (HasGpuState && generators.Gpu is { } gpu)
            gpu.set_state(ModuleWeights.Create(Entry<StoredTensor>(_root, GpuRandomState)));
        var stored = Entry<IReadOnlyDictionary<object, object?>>(Entry<IReadOnlyDictionary<object, object?>>(_root, "optimizer"), "state");
        foreach (var (parameter, (index, state)) in updates.Optimizer.parameters().Zip(((OptimizerHelper)updates.Optimizer).state_dict().State.Index()))
        {
            if (stored.TryGetValue((long)index, out var entry) && entry is IReadOnlyDictionary<object, object?> values)
                updates.Spec.Write(state, updates.Spec.Read(state).Keys.ToDictionary(name => name, name => Restored(values, name, parameter.device)));
        }

        Write(AveragedWeights, updates.Average);
        Write(BestWeights, updates.Best);
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    private void Write(string entry, KeptWeights? kept)
    {
        if (_root.ContainsKey(entry) && kept?.Write(_file.StateDict(entry)) is { } fault)
            throw Broken($"its entry '{entry}' does not fit the network: {fault}");
    }

    private static Dictionary<object, object?> StateOf(nn.Module network) => ModuleWeights.Read(network).ToDictionary(tensor => (object)tensor.Name, tensor => (object?)tensor);

    private static void AddOrigin(Dictionary<string, object?> root, TrainingOrigin origin)
    {
        root["run"] = origin.Run;
        if (origin.Parent is { } parent)
            root["parent"] = new Dictionary<string, object?> { ["run"] = parent.Run, ["checkpoint"] = parent.Checkpoint, ["epoch"] = parent.Epoch, ["step"] = parent.Step };
    }

    private static TrainingCheckpoint OpenFile(string path)
    {
        var file = Checkpoint.Open(path);
        try
        {
            file.RefuseCalls();
            var checkpoint = new TrainingCheckpoint(file);
            FiniteCheckpoint.Check(file, checkpoint._root, LiveWeights, AveragedWeights, BestWeights);
            return checkpoint;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private Tensor StateOf(string name, Tensor current)
    {
        var stored = Entry<StoredTensor>(_root, name);
        var fault = stored.Type != ElementType.UInt8 || stored.Shape.Count != 1
            ? $"it is {stored.Type} with {stored.Shape.Count} axes in place of a row of bytes"
            : GeneratorState.Fault(stored.ReadBytes(), current.bytes);
        return fault is null
            ? ModuleWeights.Create(stored)
            : throw Broken($"its entry '{name}' is no state of a random generator; {fault}");
    }

    private object? Restored(IReadOnlyDictionary<object, object?> values, string name, Device device) => values.GetValueOrDefault(name) switch
    {
        StoredTensor { Shape.Count: 0 } count when name == "step" => (object)(long)count.ReadFloats()[0], // boxed: TorchSharp makes tensors of numbers
        StoredTensor tensor => ModuleWeights.Create(tensor).to(device).DetachFromDisposeScope(),
        null when name != "step" => null,
        _ => throw Broken($"its optimizer's entry '{name}' is missing or of another kind"),
    };

    /// <summary>The dictionary of PyTorch's <c>optimizer.state_dict()</c>.</summary>
    private static Dictionary<string, object?> Optimizer(Updates updates)
    {
        var states = ((OptimizerHelper)updates.Optimizer).state_dict().State;
        var groups = new List<object?>();
        var first = 0L;
        foreach (var ((parameters, decay), rate) in updates.Groups.Zip(updates.Rates))
        {
            groups.Add(new Dictionary<string, object?>(updates.Spec.Settings)
            {
                ["lr"] = rate,
                ["weight_decay"] = decay,
                ["params"] = Enumerable.Range(0, parameters.Length).Select(index => (object?)(first + index)).ToList(),
            });
            first += parameters.Length;
        }

        return new Dictionary<string, object?>
        {
            ["state"] = states.Index().ToDictionary(state => (object)(long)state.Index, state => (object?)updates.Spec.Read(state.Item).ToDictionary(entry => entry.Key, entry => (object?)Kept(entry.Key, entry.Value))),
            ["param_groups"] = groups,
        };
    }

    /// <summary>PyTorch keeps the count of steps as a tensor too.</summary>
    private static StoredTensor? Kept(string name, object? value) => value switch
    {
        Tensor tensor => ModuleWeights.Copy(name, tensor),
        long step => ModuleWeights.Copy(name, tensor((float)step, device: CPU)),
        _ => null,
    };

    private T Entry<T>(IReadOnlyDictionary<object, object?> dictionary, string name) => TrainingHistory.Entry<T>(dictionary, name, Broken);

    private DamagedFileException Broken(string what) => new(_file.Path, $"'{_file.Path}' cannot be resumed from: {what}. Weights alone are loaded with ModuleWeights.Load.");
}
