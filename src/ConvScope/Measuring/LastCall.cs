using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>
/// What a network was last called with: of several calls before a step the last one with gradients is that of the training, or the last one of all where none has them. Others may call it on threads of their own meanwhile.
/// </summary>
internal sealed class LastCall : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Func<bool> _isOurs;
    private Tensor? _images;
    private bool _isTracked;
    private Action? _unhook;

    /// <summary>Listens to a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="isOurs">Whether a call is the inspection's own.</param>
    public LastCall(nn.Module network, Func<bool> isOurs)
    {
        _isOurs = isOurs;
        _unhook = ForwardHooks.Before(network, Keep);
    }

    /// <summary>Whether there was a call at all.</summary>
    public bool WasMade { get; private set; }

    /// <summary>The first tensor of that call's inputs, which is forgotten then and the caller's to dispose; null where there was none since the last time.</summary>
    public Tensor? Take()
    {
        lock (_lock)
        {
            var images = _images;
            (_images, _isTracked) = (null, false);
            return images;
        }
    }

    /// <summary>Listens no more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _unhook?.Invoke();
            _unhook = null;
            _images?.Dispose();
            _images = null;
        }
    }

    private void Keep(object?[] inputs)
    {
        var isTracked = is_grad_enabled();
        lock (_lock)
        {
            if (_isOurs() || _unhook is null || (_isTracked && !isTracked))
                return;
            using var untracked = no_grad();
            _images?.Dispose();
            _images = ForwardHooks.Tensor(inputs)?.detach().DetachFromDisposeScope();
            (WasMade, _isTracked) = (true, isTracked);
        }
    }
}
