using static TorchSharp.torch;

namespace ConvScope.Training;

/// <summary>Seeds torch's global random state, which dropout draws from, and gives the caller's state back at the end.</summary>
internal sealed class SeededRandomState : IDisposable
{
    private readonly Tensor _callersState;

    public SeededRandomState(long seed)
    {
        _callersState = random.get_rng_state().DetachFromDisposeScope();
        manual_seed(seed).Dispose();
    }

    public void Dispose()
    {
        random.set_rng_state(_callersState);
        _callersState.Dispose();
    }
}
