using ConvScope.Native;
using static TorchSharp.torch;

namespace ConvScope.Training.Saving;

/// <summary>
/// Seeds torch's global random states, of the CPU and of every GPU, from which dropout draws, and gives the caller's states back at the
/// end.
/// </summary>
internal sealed class SeededRandomState : IDisposable
{
    private readonly Tensor _callersState;
    private readonly (Generator Generator, Tensor State)[] _callersOthers;

    /// <summary>Seeds them.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="others">Generators beside that of the CPU which the seed reaches; null for those of the GPUs.</param>
    public SeededRandomState(long seed, IReadOnlyList<Generator>? others = null)
    {
        _callersState = random.get_rng_state().DetachFromDisposeScope();
        others ??= DefaultGenerators.OfGpus();
        _callersOthers = [.. others.Select(generator => (generator, generator.get_state().DetachFromDisposeScope()))];
        manual_seed(seed).Dispose(); // torch's own seeds the GPUs' too
    }

    public void Dispose()
    {
        random.set_rng_state(_callersState);
        _callersState.Dispose();
        foreach (var (generator, state) in _callersOthers)
        {
            generator.set_state(state);
            state.Dispose();
        }
    }
}
