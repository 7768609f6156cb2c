using ConvScope.Native;
using ConvScope.Records.Recording;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>
/// What is seen of the layers when they are first called: their order, and which get the very output of the one before. The device is
/// waited for once, in the end.
/// </summary>
internal sealed class FirstLook : IDisposable
{
    private readonly List<(string Name, string Kind, Tensor? IsSame)> _layers = [];

    /// <summary>Notes a layer that is called.</summary>
    /// <param name="name">Path of the layer in the network.</param>
    /// <param name="kind">Name of its type.</param>
    /// <param name="input">What it gets.</param>
    /// <param name="before">What the layer before it gave.</param>
    public void Note(string name, string kind, Tensor input, Tensor before) => _layers.Add((name, kind, IsSame(input, before)));

    /// <summary>The layers in the order in which they were called, the input first; none where none was called.</summary>
    /// <param name="toHost">Copies doubles from the device to the host.</param>
    public IReadOnlyList<LayerFact> Read(Func<Tensor, double[]> toHost)
    {
        if (_layers.Count == 0)
            return [];
        using var scope = NewDisposeScope();
        Tensor[] compared = [.. _layers.Select(layer => layer.IsSame).OfType<Tensor>()];
        var answers = new Queue<double>(compared.Length == 0 ? [] : toHost(stack(compared).to(ScalarType.Float64)));
        return
        [
            new LayerFact(SnapshotArrays.Input, SnapshotArrays.Input, false),
            .. _layers.Select(layer => new LayerFact(layer.Name, layer.Kind, layer.IsSame is not null && answers.Dequeue() > 0)),
        ];
    }

    public void Dispose() => Clear();

    /// <summary>Forgets what was noted: the network is called again.</summary>
    public void Clear()
    {
        foreach (var (_, _, isSame) in _layers)
            isSame?.Dispose();
        _layers.Clear();
    }

    /// <summary>
    /// Whether two tensors hold the same values in the same order, whatever their shapes: a truth value on their device; null where
    /// they cannot.
    /// </summary>
    private static Tensor? IsSame(Tensor first, Tensor second)
    {
        var fit = first.NumberOfElements == second.NumberOfElements && first.dtype == second.dtype;
        if (!fit || !Devices.IsSame(first.device, second.device))
            return null;
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        return first.detach().reshape(-1).eq(second.detach().reshape(-1)).all().DetachFromDisposeScope();
    }
}
