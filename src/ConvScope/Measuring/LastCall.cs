using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>What a network was last called with: of several calls before a step the last one is that of the training.</summary>
internal sealed class LastCall : IDisposable
{
    private readonly Func<bool> _isOurs;
    private Action? _unhook;

    /// <summary>Listens to a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="isOurs">Whether a call is the inspection's own.</param>
    public LastCall(nn.Module network, Func<bool> isOurs)
    {
        _isOurs = isOurs;
        _unhook = ForwardHooks.Before(network, Keep);
    }

    /// <summary>The first tensor of the last call's inputs; null where there was none since <see cref="Release"/>.</summary>
    public Tensor? Images { get; private set; }

    /// <summary>Whether there was a call at all.</summary>
    public bool WasMade { get; private set; }

    /// <summary>Forgets the last call.</summary>
    public void Release()
    {
        Images?.Dispose();
        Images = null;
    }

    /// <summary>Listens no more.</summary>
    public void Dispose()
    {
        _unhook?.Invoke();
        _unhook = null;
        Release();
    }

    private void Keep(object?[] inputs)
    {
        if (_isOurs())
            return;
        WasMade = true;
        Release();
        using var untracked = no_grad();
        Images = ForwardHooks.Tensor(inputs)?.detach().DetachFromDisposeScope();
    }
}
