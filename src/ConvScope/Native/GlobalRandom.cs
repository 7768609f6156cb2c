using static TorchSharp.torch;

namespace ConvScope.Native;

/// <summary>
/// Torch's global random states, of the CPU and of the GPUs, from which dropout and much else draws: there is one for all of a process. Whoever draws from them, or puts them back, holds this lock meanwhile, so that two
/// trainings do not take numbers from each other.
/// </summary>
internal static class GlobalRandom
{
    private static readonly Lock _lock = new();
    private static readonly Turns _turns = new();

    /// <summary>Holds the states until it is disposed, on the same thread; again where it holds them already.</summary>
    public static Hold Enter()
    {
        _lock.Enter();
        return new Hold(true);
    }

    /// <summary>The states that one training draws from, whatever others do meanwhile.</summary>
    internal sealed class Stream : IDisposable
    {
        private readonly Generator[] _others;
        private Tensor[]? _kept; // where another one is in turn

        /// <summary>Begins with seeded states.</summary>
        /// <param name="seed">The seed.</param>
        /// <param name="others">Generators beside that of the CPU which the seed reaches; null for those of the GPUs.</param>
        public Stream(long seed, IReadOnlyList<Generator>? others = null)
        {
            _others = [.. others ?? DefaultGenerators.OfGpus()];
            using var hold = Enter();
            _turns.Begin(this);
            manual_seed(seed).Dispose(); // torch's own seeds the GPUs' too
        }

        /// <summary>Puts this stream's states in place, and holds them until it is disposed.</summary>
        /// <param name="isDrawn">Whether anything is drawn; where nothing is, nothing is held.</param>
        public Hold Take(bool isDrawn = true)
        {
            if (!isDrawn)
                return default;
            var hold = Enter();
            _turns.GiveTo(this);
            return hold;
        }

        /// <summary>Ends the stream; the last one of all gives the caller's states back.</summary>
        public void Dispose()
        {
            using var hold = Enter();
            _turns.End(this);
            Release();
        }

        public Tensor[] Read() => [random.get_rng_state().DetachFromDisposeScope(), .. _others.Select(generator => generator.get_state().DetachFromDisposeScope())];

        public void Write(Tensor[] states)
        {
            random.set_rng_state(states[0]);
            foreach (var (generator, state) in _others.Zip(states.Skip(1)))
                generator.set_state(state);
        }

        public void Keep() => _kept = Read();

        public void PutBack()
        {
            if (_kept is not null)
                Write(_kept);
            Release();
        }

        private void Release()
        {
            foreach (var state in _kept ?? [])
                state.Dispose();
            _kept = null;
        }
    }

    /// <summary>Ends a hold.</summary>
    internal readonly struct Hold(bool isHeld) : IDisposable
    {
        public void Dispose()
        {
            if (isHeld)
                _lock.Exit();
        }
    }

    /// <summary>Whose states are in place.</summary>
    private sealed class Turns
    {
        private readonly HashSet<Stream> _streams = [];
        private Stream? _current;
        private Tensor[]? _callers;

        public void Begin(Stream stream)
        {
            if (_streams.Count == 0)
                _callers = stream.Read();
            _current?.Keep();
            _streams.Add(stream);
            _current = stream;
        }

        public void GiveTo(Stream stream)
        {
            if (_current == stream)
                return;
            _current?.Keep();
            stream.PutBack();
            _current = stream;
        }

        public void End(Stream stream)
        {
            _streams.Remove(stream);
            _current = _current == stream ? null : _current;
            if (_streams.Count > 0 || _callers is null)
                return;
            stream.Write(_callers);
            foreach (var state in _callers)
                state.Dispose();
            _callers = null;
        }
    }
}
