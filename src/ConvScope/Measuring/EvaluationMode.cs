using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>Puts every module into evaluation mode and gives each its own mode back.</summary>
internal sealed class EvaluationMode : IDisposable
{
    private readonly List<(nn.Module Module, bool WasTraining)> _modes;

    public EvaluationMode(nn.Module network)
    {
        _modes = [(network, network.training), .. network.named_modules().Select(pair => (pair.module, pair.module.training))];
        network.eval();
    }

    public void Dispose()
    {
        foreach (var (module, wasTraining) in _modes) // parents come first: a child's own mode is set last
            module.train(wasTraining);
    }
}
