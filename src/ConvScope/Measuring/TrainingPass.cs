using ConvScope.Networks.Weights;
using ConvScope.Quantities.Layers;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>
/// What the layers gave in the training's own call of a network, in the mode in which it trains and for the batch of that step: of a network that the inspection cannot call itself, since it takes more than images.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="watch">Its layers.</param>
internal sealed class TrainingPass(nn.Module network, LayerWatch watch) : IDisposable
{
    private LayerWatch.Open? _open;
    private FirstLook? _firstLook;
    private Action? _unhook;

    /// <summary>What the layers gave last, for the first images.</summary>
    public IReadOnlyList<NamedArray> Shown { get; private set; } = [];

    /// <summary>Listens from now on, until what was heard is taken.</summary>
    /// <param name="isFirst">Whether the order of the layers is not known yet.</param>
    public void Listen(bool isFirst)
    {
        if (_open is not null)
            return;
        _firstLook = isFirst ? new FirstLook() : null;
        _open = watch.Begin(standsBetween: false, _firstLook);
        _unhook = ForwardHooks.Before(network, _ => Restart()); // of several calls the last one counts
    }

    /// <inheritdoc cref="FirstLook.Read" />
    public IReadOnlyList<LayerFact> Order(Func<Tensor, double[]> toHost) => _firstLook?.Read(toHost) ?? [];

    /// <summary>What was heard in the last call; it belongs to the dispose scope that is open. Empty where there was none.</summary>
    public IReadOnlyList<LayerOutput> Take()
    {
        List<LayerOutput> outputs = [.. (_open?.Layers ?? []).Select(layer => new LayerOutput(layer.Name, layer.Kind, layer.Value.alias(), null))];
        if (outputs.Count > 0)
            Shown = [.. outputs.Where(layer => layer.Output.dim() > 1).SelectMany(layer => ModuleState.Parts(layer.Name, layer.Output.narrow(0, 0, Math.Min(Probe.ShownImages, layer.Output.shape[0]))))];
        Stop();
        return outputs;
    }

    public void Dispose() => Stop();

    /// <summary>Listens no more.</summary>
    public void Stop()
    {
        _unhook?.Invoke();
        _open?.Dispose();
        _firstLook?.Dispose();
        (_unhook, _open, _firstLook) = (null, null, null);
    }

    private void Restart()
    {
        _open?.Clear();
        _firstLook?.Clear();
    }
}
