using System.Collections;
using System.Reflection;
using System.Runtime.ExceptionServices;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Records.Recording;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>
/// Calls of a network while somebody trains it: in evaluation mode, and without a trace. A network of our own description, or of TorchSharp's modules alone, keeps nothing and draws nothing then; of another one every
/// random state and all that it holds is put back after each visit, see <see cref="HeldState"/>.
/// </summary>
/// <param name="network">The network.</param>
internal sealed class NetworkVisits(nn.Module network)
{
    private bool? _writesParameters; // seen at the first visit

    /// <summary>Whether the network keeps nothing and draws nothing in evaluation mode, so that it may be called with any number of images.</summary>
    public bool IsKnown { get; init; } = Knows(network);

    /// <summary>How the network is called, as a record says it.</summary>
    public string Description => network is not nn.Module<Tensor, Tensor> ? NetworkCalls.None : IsKnown ? NetworkCalls.Plain : NetworkCalls.Guarded;

    /// <summary>Whether a visit is under way: a call of the network is none of the training's.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Begins a visit; the network is as before when it is disposed.</summary>
    public IDisposable Open() => new Visit(this, IsKnown ? new EvaluationMode(network) : new Guard(this, network));

    private static bool Knows(nn.Module network) =>
        network is SpecNetwork || network.named_modules().Select(pair => pair.module).Prepend(network).All(module => module.GetType().Assembly == typeof(nn.Module).Assembly && module is not (FractionalMaxPool2d or FractionalMaxPool3d) && !HasHooks(module));

    /// <summary>Whether somebody's functions are called with a module. TorchSharp keeps them in dictionaries of its own.</summary>
    private static bool HasHooks(nn.Module module)
    {
        for (var type = module.GetType(); type is not null; type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (field.Name.EndsWith("_hooks", StringComparison.Ordinal) && field.GetValue(module) is ICollection { Count: > 0 })
                    return true;
            }
        }

        return false;
    }

    private sealed class Visit : IDisposable
    {
        private readonly NetworkVisits _visits;
        private readonly IDisposable _network;
        private readonly bool _isInner;

        public Visit(NetworkVisits visits, IDisposable network) => (_visits, _network, _isInner, visits.IsOpen) = (visits, network, visits.IsOpen, true);

        public void Dispose()
        {
            _network.Dispose();
            _visits.IsOpen = _isInner;
        }
    }

    /// <summary>Takes note of everything first; what was noted last is put back first, all of it also where something fails.</summary>
    private sealed class Guard : IDisposable
    {
        private readonly Stack<Action> _undo = new();

        public Guard(NetworkVisits visits, nn.Module network)
        {
            using var untracked = no_grad();
            try
            {
                var hold = GlobalRandom.Enter();
                _undo.Push(hold.Dispose);
                KeepParameters(visits, network);
                KeepGradients(network);
                KeepRandom(network);
                _undo.Push(new HeldState(network, followsOptimizers: visits._writesParameters != false).Dispose);
                _undo.Push(new EvaluationMode(network).Dispose); // a network's own train() may write its fields
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        public void Dispose()
        {
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            ExceptionDispatchInfo? first = null;
            while (_undo.TryPop(out var undo))
            {
                try
                {
                    undo();
                }
                catch (Exception exception)
                {
                    first ??= ExceptionDispatchInfo.Capture(exception);
                }
            }

            first?.Throw();
        }

        private void KeepRandom(nn.Module network)
        {
            var state = random.get_rng_state().DetachFromDisposeScope();
            _undo.Push(() =>
            {
                random.set_rng_state(state);
                state.Dispose();
            });
            foreach (var generator in network.parameters().Select(parameter => parameter.device).DistinctBy(device => (device.type, device.index)).Select(DefaultGenerators.Of).OfType<Generator>())
            {
                var its = generator.get_state().DetachFromDisposeScope();
                _undo.Push(() =>
                {
                    generator.set_state(its);
                    its.Dispose();
                });
            }
        }

        /// <summary>Takes the gradients aside: a forward that trains a part of the network by itself adds to them, or clears them.</summary>
        private void KeepGradients(nn.Module network)
        {
            List<(Tensor Live, Tensor Gradient)> kept = [.. from live in network.parameters() let gradient = live.grad where gradient is not null select ((Tensor)live, gradient.DetachFromDisposeScope())];
            _undo.Push(() =>
            {
                foreach (var live in network.parameters())
                    live.grad = null;
                foreach (var (live, gradient) in kept)
                {
                    live.grad = gradient;
                    gradient.Dispose(); // the leaf holds it
                }
            });
            foreach (var (live, _) in kept)
                live.grad = null;
        }

        private void KeepParameters(NetworkVisits visits, nn.Module network)
        {
            if (visits._writesParameters == false)
                return;
            List<(Tensor Live, Tensor Copy)> kept = [.. network.parameters().Select(live => ((Tensor)live, live.detach().clone().DetachFromDisposeScope()))];
            _undo.Push(() =>
            {
                visits._writesParameters ??= kept.Exists(parameter => !parameter.Live.equal(parameter.Copy).all().item<bool>());
                foreach (var (live, copy) in kept)
                {
                    if (visits._writesParameters == true)
                        live.copy_(copy);
                    copy.Dispose();
                }
            });
        }
    }
}
