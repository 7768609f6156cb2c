using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>Gives a network's parameters, buffers, gradients and modes back as they were, to the last bit.</summary>
internal sealed class KeptState : IDisposable
{
    private readonly List<(Tensor Live, Tensor Copy)> _values;
    private readonly List<(Tensor Parameter, Tensor? Gradient)> _gradients;
    private readonly EvaluationMode _modes;

    public KeptState(nn.Module network)
    {
        using var untracked = no_grad();
        _modes = new EvaluationMode(network);
        _values = [.. network.parameters().Concat(network.named_buffers().Select(pair => pair.buffer)).Select(live => (live, live.detach().clone().DetachFromDisposeScope()))];
        _gradients = [.. network.parameters().Select(parameter => ((Tensor)parameter, parameter.grad?.DetachFromDisposeScope()))];
        foreach (var (parameter, _) in _gradients)
            parameter.grad = null; // the kept one is not added to
    }

    public void Dispose()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        foreach (var (live, copy) in _values)
        {
            live.copy_(copy);
            copy.Dispose();
        }

        foreach (var (parameter, gradient) in _gradients)
        {
            parameter.grad = gradient;
            gradient?.Dispose();
        }

        _modes.Dispose();
    }
}
