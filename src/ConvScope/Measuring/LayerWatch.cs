using System.Reflection;
using ConvScope.Records.Recording;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>
/// The layers of a network: the modules that have none inside, each once, whatever they take and give. While a watch is open, what they give is kept.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="mayOverwrite">Whether the network may change in place what a layer gave, so that copies are kept.</param>
internal sealed class LayerWatch(nn.Module network, bool mayOverwrite)
{
    private readonly IReadOnlyList<(string Name, nn.Module Module)> _layers =
        [.. network.named_modules().Where(pair => !pair.module.children().Any()).Select(pair => (pair.name, pair.module)).DistinctBy(pair => pair.module, ReferenceEqualityComparer.Instance)];

    private readonly bool _copies = mayOverwrite || network.named_modules().Any(pair => IsInPlace(pair.module));

    /// <summary>Begins to keep what the layers give.</summary>
    /// <param name="standsBetween">Whether what is kept stands between the layer and what follows it in the graph, so that the gradient by it exists; else the network's tensors are left as they are.</param>
    /// <param name="firstLook">Sees the order of the layers; null where it is known.</param>
    public Open Begin(bool standsBetween, FirstLook? firstLook) => new(this, standsBetween, firstLook);

    private static bool IsInPlace(nn.Module module) =>
        module.GetType().GetProperty("inplace", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)?.GetValue(module) is true;

    /// <summary>A layer as it was called.</summary>
    /// <param name="Name">Its path; a second call has <c>:2</c>.</param>
    /// <param name="Kind">Name of its type.</param>
    /// <param name="Output">What it gave, in the graph where the watch stands between.</param>
    /// <param name="Value">The values that it gave.</param>
    internal sealed record Seen(string Name, string Kind, Tensor Output, Tensor Value);

    /// <summary>A watch that is open.</summary>
    internal sealed class Open : IDisposable
    {
        private readonly LayerWatch _watch;
        private readonly FirstLook? _firstLook;
        private readonly List<Action> _hooks = [];
        private readonly List<Seen> _seen = [];

        public Open(LayerWatch watch, bool standsBetween, FirstLook? firstLook)
        {
            (_watch, _firstLook) = (watch, firstLook);
            foreach (var (name, module) in watch._layers)
            {
                var kind = ModuleKind.Of(module);
                if (standsBetween && module is nn.Module<Tensor, Tensor> plain)
                    _hooks.Add(Between(plain, (input, output) => Keep(name, kind, input, output, copies: watch._copies)));
                else if (ForwardHooks.After(module, (inputs, result) => Keep(name, kind, inputs, result)) is { } remove)
                    _hooks.Add(remove);
            }
        }

        /// <summary>What the layers gave since the last <see cref="Clear"/>, in the order of their calls, the first one's input first.</summary>
        public IReadOnlyList<Seen> Layers => _seen;

        /// <summary>Forgets what was kept: another forward pass begins.</summary>
        public void Clear()
        {
            foreach (var layer in _seen)
            {
                layer.Output.Dispose();
                layer.Value.Dispose();
            }

            _seen.Clear();
        }

        public void Dispose()
        {
            _hooks.ForEach(remove => remove());
            _hooks.Clear();
            Clear();
        }

        /// <summary>Calls back with a tensor that outlives the network's own scopes and stands between the layer and what follows it in the graph.</summary>
        private static Action Between(nn.Module<Tensor, Tensor> layer, Action<Tensor, Tensor> callback) => layer.register_forward_hook((_, input, output) =>
        {
            var kept = output.alias().DetachFromDisposeScope();
            callback(input, kept);
            return kept.alias();
        }).remove;

        private void Keep(string name, string kind, object?[] inputs, object? result)
        {
            if (ForwardHooks.Tensor(inputs) is not { } input || ForwardHooks.Tensor(result) is not { } output)
                return;
            using var untracked = no_grad();
            Keep(name, kind, input, output.detach().clone().DetachFromDisposeScope(), copies: false);
        }

        private void Keep(string name, string kind, Tensor input, Tensor output, bool copies)
        {
            if (_seen.Count == 0)
            {
                var first = input.detach().to(ScalarType.Float32).clone().DetachFromDisposeScope();
                _seen.Add(new Seen(SnapshotArrays.Input, SnapshotArrays.Input, first, first));
            }

            name = Numbered(name);
            _firstLook?.Note(name, kind, input, _seen[^1].Value);
            _seen.Add(new Seen(name, kind, output, copies ? output.detach().clone().DetachFromDisposeScope() : output));
        }

        private string Numbered(string name)
        {
            var calls = _seen.Count(layer => layer.Name == name || layer.Name.StartsWith(name + ":", StringComparison.Ordinal));
            return calls == 0 ? name : $"{name}:{calls + 1}";
        }
    }
}
