using ConvScope.Native;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Bytes;
using ConvScope.Records.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Networks.Weights;

/// <summary>The state dictionary of a TorchSharp module, parameters and buffers, to and from checkpoints.</summary>
public static class ModuleWeights
{
    private static readonly Dictionary<ScalarType, ElementType> _types = new()
    {
        [ScalarType.Float32] = ElementType.Float32,
        [ScalarType.Float64] = ElementType.Float64,
        [ScalarType.Float16] = ElementType.Float16,
        [ScalarType.BFloat16] = ElementType.BFloat16,
        [ScalarType.Byte] = ElementType.UInt8,
        [ScalarType.Int8] = ElementType.Int8,
        [ScalarType.Int16] = ElementType.Int16,
        [ScalarType.Int32] = ElementType.Int32,
        [ScalarType.Int64] = ElementType.Int64,
        [ScalarType.Bool] = ElementType.Bool,
        [ScalarType.ComplexFloat32] = ElementType.Complex64,
        [ScalarType.ComplexFloat64] = ElementType.Complex128,
    };

    /// <summary>Copies a module's parameters and buffers to host memory.</summary>
    /// <returns>The tensors in the module's own order, of its own element types; they need no file and no libtorch any more.</returns>
    /// <exception cref="InvalidOperationException">
    /// A parameter was lost when the module was moved to a device or another type; the message says which.
    /// </exception>
    public static IReadOnlyList<StoredTensor> Read(nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        ModuleMove.CheckWhole(module);
        using var scope = NewDisposeScope();
        return [.. module.state_dict().Select(entry => Copy(entry.Key, entry.Value))];
    }

    /// <summary>Copies the tensors of a checkpoint into a module, each to the parameter or buffer of its name, on the device and in the element type that it has there.</summary>
    /// <param name="module">The network.</param>
    /// <param name="tensors">The weights, such as <see cref="Checkpoint.Tensors"/>.</param>
    /// <param name="strict">Whether every tensor must have its counterpart; else what has none is left out.</param>
    /// <returns>What was loaded, and what was not.</returns>
    /// <exception cref="InvalidDataException">A tensor has another shape than in the network, or <paramref name="strict"/> and a name is missing or unexpected; the message lists them, names the network of the zoo that the weights fit, and nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">
    /// A parameter was lost when the module was moved to a device or another type; the message says which.
    /// </exception>
    public static LoadedWeights Load(nn.Module module, IReadOnlyList<StoredTensor> tensors, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(tensors);
        ModuleMove.CheckWhole(module);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var state = module.state_dict();
        var stored = tensors.DistinctBy(tensor => tensor.Name, StringComparer.Ordinal).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var result = new LoadedWeights(
            [.. state.Keys.Where(stored.ContainsKey)], [.. state.Keys.Where(name => !stored.ContainsKey(name))], [.. stored.Keys.Where(name => !state.ContainsKey(name))]);
        var faults = WeightFit.Faults([.. state.Select(entry => (entry.Key, (IReadOnlyList<long>)entry.Value.shape))], tensors, strict);
        if (faults.Count > 0)
            throw WeightFit.Misfit(faults, new NamedWeights(tensors));
        foreach (var name in result.Loaded)
            Fill(state[name], stored[name]);
        return result;
    }

    /// <summary>As <see cref="Load"/>, strictly, except for the counters of batches, which files of old versions of PyTorch lack and no prediction needs.</summary>
    /// <exception cref="InvalidDataException">A weight is missing, unexpected or of another shape.</exception>
    internal static void LoadAll(nn.Module module, IReadOnlyList<StoredTensor> tensors)
    {
        using var scope = NewDisposeScope();
        var names = tensors.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        var counters = module.state_dict().Where(entry => NetworkTensor.IsCounterName(entry.Key) && !names.Contains(entry.Key));
        Load(module, [.. tensors, .. counters.Select(entry => Copy(entry.Key, entry.Value))]);
    }

    /// <summary>Whether a file can hold a tensor's elements.</summary>
    internal static bool CanCopy(Tensor tensor) => _types.ContainsKey(tensor.dtype);

    /// <summary>Copies one tensor to host memory in its own element type.</summary>
    internal static StoredTensor Copy(string name, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        if (!_types.TryGetValue(tensor.dtype, out var type))
            throw new NotSupportedException($"Tensor '{name}' has elements of type {tensor.dtype}, which no checkpoint holds.");
        return StoredTensor.Of(name, type, tensor.shape, new MemoryBytes((tensor.is_sparse ? tensor.detach().to_dense() : tensor.detach()).cpu().contiguous().bytes.ToArray()));
    }

    /// <summary>A new tensor on the CPU with the stored values. The caller disposes it.</summary>
    internal static Tensor Create(StoredTensor stored)
    {
        if (_types.All(pair => pair.Value != stored.Type))
            return torch.tensor(stored.ReadFloats(), [.. stored.Shape], ScalarType.Float32, CPU); // types that TorchSharp has not: float8, large unsigned integers
        var tensor = empty([.. stored.Shape], _types.First(pair => pair.Value == stored.Type).Key, CPU);
        if (stored.Count > 0)
            stored.Contiguous().Read(tensor.bytes);
        return tensor;
    }

    private static void Fill(Tensor target, StoredTensor stored)
    {
        using var scope = NewDisposeScope();
        if (target.device_type == DeviceType.CPU && target.is_contiguous() && _types[target.dtype] == stored.Type && stored.Count > 0)
            stored.Contiguous().Read(target.bytes); // straight into the network, without a copy of a large one
        else
            target.copy_(Create(stored));
    }
}
