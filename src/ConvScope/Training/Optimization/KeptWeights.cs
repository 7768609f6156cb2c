using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Training.Optimization;

/// <summary>A second set of a network's parameters and buffers on the network's device: the best ones so far, or their running average.</summary>
internal sealed class KeptWeights : IDisposable
{
    private readonly List<(string Name, Tensor Live, Tensor Kept)> _tensors;

    /// <summary>Begins with what the network has now.</summary>
    public KeptWeights(nn.Module network)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        _tensors = [.. network.state_dict().Select(entry => (entry.Key, entry.Value, entry.Value.detach().clone().DetachFromDisposeScope()))];
    }

    /// <summary>Takes what the network has now.</summary>
    public void Take() => Each((live, kept) => kept.copy_(live));

    /// <summary>Gives the network what is kept.</summary>
    public void Restore() => Each((live, kept) => live.copy_(kept));

    /// <summary>Exchanges the network's values with the kept ones.</summary>
    public void Swap() => Each((live, kept) =>
    {
        using var copy = live.clone();
        live.copy_(kept);
        kept.copy_(copy);
    });

    /// <summary>Moves what is kept towards the network's values: kept × share + live × (1 − share). Whole numbers are taken as they are.</summary>
    public void Average(double share) => Each((live, kept) =>
    {
        if (kept.is_floating_point())
            kept.mul_(share).add_(live, alpha: 1 - share);
        else
            kept.copy_(live);
    });

    /// <summary>What is kept and not finite; empty where all is well.</summary>
    public IReadOnlyList<NonFiniteTensor> FindNonFinite() => NonFiniteWeights.Find(_tensors.Select(tensor => (tensor.Name, tensor.Kept)));

    /// <summary>What is kept, as a checkpoint holds it.</summary>
    public Dictionary<object, object?> Read()
    {
        using var scope = NewDisposeScope();
        return _tensors.ToDictionary(tensor => (object)tensor.Name, tensor => (object?)ModuleWeights.Copy(tensor.Name, tensor.Kept));
    }

    /// <summary>Takes what a checkpoint holds.</summary>
    /// <returns>What does not fit, in words; null where all does.</returns>
    public string? Write(IReadOnlyList<StoredTensor> stored)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var byName = stored.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        foreach (var (name, _, kept) in _tensors)
        {
            if (!byName.TryGetValue(name, out var tensor))
                return $"it lacks '{name}'";
            if (!tensor.Shape.SequenceEqual(kept.shape))
                return $"'{name}' has shape {string.Join('x', tensor.Shape)} in place of {string.Join('x', kept.shape)}";
            kept.copy_(ModuleWeights.Create(tensor));
        }

        return null;
    }

    public void Dispose()
    {
        foreach (var (_, _, kept) in _tensors)
            kept.Dispose();
    }

    private void Each(Action<Tensor, Tensor> act)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        foreach (var (_, live, kept) in _tensors)
            act(live, kept);
    }
}
