using System.Reflection;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Quantities.Layers;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Records.Recording;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>
/// A fixed batch of training images that is shown to the network again and again, so that what its layers give can be compared over time. The network is in evaluation mode
/// meanwhile; modes, hooks and the parameters' gradients are as before afterwards, also after an exception.
/// </summary>
internal sealed class Probe : IDisposable
{
    /// <summary>Images whose feature maps are kept.</summary>
    public const int ShownImages = 4;

    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Module)> _layers;
    private readonly NetworkVisits _visits;
    private readonly bool _overwrites;
    private readonly ProbeImages _images;
    private readonly OutputFacts _facts;
    private readonly Func<Tensor, double[]> _toHost;
    private readonly LeftOut _leftOut;

    /// <summary>Watches a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="facts">What is known of its outputs; null for nothing yet.</param>
    /// <param name="leftOut">Keeps what fails from the rest; null for one of its own.</param>
    /// <param name="toHost">
    /// Copies doubles from the device to the host, once, to see which layers follow each other directly; null for <see
    /// cref="HostCopy.Read"/>.
    /// </param>
    /// <param name="visits">How the network is called; null for ways of its own.</param>
    public Probe(nn.Module<Tensor, Tensor> network, OutputFacts? facts = null, LeftOut? leftOut = null, Func<Tensor, double[]>? toHost = null, NetworkVisits? visits = null)
    {
        _toHost = toHost ?? HostCopy.Read;
        _facts = facts ?? new OutputFacts();
        _leftOut = leftOut ?? new LeftOut();
        _network = network;
        _visits = visits ?? new NetworkVisits(network);
        _images = new ProbeImages(keepsBatches: !_visits.IsKnown);
        _layers = [.. network.named_modules().Where(pair => !pair.module.children().Any()).Select(pair => (pair.name, pair.module as nn.Module<Tensor, Tensor>)).Where(pair => pair.Item2 is not null)!];
        _overwrites = _layers.Any(layer => IsInPlace(layer.Module));
    }

    /// <summary>What the network's outputs mean; null where it is not known.</summary>
    public LearningTask? Task => _facts.Task;

    /// <summary>The layers in the order in which they were called, the input first; empty before the first look.</summary>
    public IReadOnlyList<LayerFact> Layers { get; private set; } = [];

    /// <summary>How many images could be run through the network forwards in the time of a look at the layers with its gradients and quantities, about; at least 1.</summary>
    public double LookPasses => 3.5 * (IsReady ? Math.Min(ProbeImages.BatchSize, _images.Batches[0].Images.shape[0]) : 1);

    /// <summary>Whether there are images to show.</summary>
    public bool IsReady => _images.IsReady;

    /// <summary>Whether the set holds as many images as it may.</summary>
    public bool IsFull => _images.IsFull;

    /// <inheritdoc cref="ProbeImages.Add" />
    public void Collect(Tensor images, Tensor? labels) => _images.Add(images, labels);

    /// <summary>Shows the probe batch.</summary>
    /// <param name="withGradients">Whether the loss's gradient by each output is wanted.</param>
    /// <returns>The layers' outputs in forward order; they belong to the dispose scope that is open. Empty where there are no images yet.</returns>
    public IReadOnlyList<LayerOutput> Run(bool withGradients)
    {
        if (!IsReady)
            return [];
        using var visit = _visits.Open();
        var (images, labels) = _images.Batch();
        return Watch(images, labels, withGradients);
    }

    /// <summary>The parameters' gradients by the mean loss of the two halves of the probe batch; parameters that get none are left out.</summary>
    public IReadOnlyList<(string Name, Tensor First, Tensor Second)> RunHalves()
    {
        if (!IsReady || Task is not { } task || _images.Batch() is not (var images, { } labels) || images.shape[0] < 2)
            return [];
        using var visit = _visits.Open();
        using var tracked = enable_grad();
        var parameters = _network.named_parameters().Where(pair => pair.parameter.requires_grad).ToArray();
        var half = images.shape[0] / 2;
        using var together = _visits.IsKnown ? null : _network.call(images); // a network that keeps something has batches of one size
        IReadOnlyList<Tensor?> Gradients(long start)
        {
            var outputs = together?.narrow(0, start, half) ?? _network.call(images.narrow(0, start, half));
            if (outputs.dim() != 2)
                return new Tensor?[parameters.Length];
            return GuardedGradient.Of(task.Loss(outputs, labels.narrow(0, start, half)), [.. parameters.Select(pair => pair.parameter)], keepsGraph: together is not null);
        }

        IReadOnlyList<Tensor?> first = Gradients(0), second = Gradients(half);
        return [.. Enumerable.Range(0, parameters.Length).Where(index => first[index] is not null && second[index] is not null)
            .Select(index => (parameters[index].name, first[index]!, second[index]!))];
    }

    /// <inheritdoc cref="ProbeImages.All" />
    public (Tensor Images, Tensor Labels)? Set() => _images.All();

    /// <summary>Shows the batches of the probe set one after another, each in a dispose scope of its own and without gradients.</summary>
    /// <param name="look">Gets the layers' outputs of a batch, and says whether to go on.</param>
    /// <returns>Whether the whole set was shown.</returns>
    public bool RunSet(Func<IReadOnlyList<LayerOutput>, bool> look)
    {
        using var visit = _visits.Open();
        foreach (var (images, _) in _images.Batches)
        {
            using var scope = NewDisposeScope();
            if (!look(Watch(images, null, withGradients: false)))
                return false;
        }

        return true;
    }

    /// <summary>The outputs of every layer that gives maps or vectors for the first images, and those images under the name <c>input</c>.</summary>
    /// <param name="count">Number of images; fewer where there are fewer.</param>
    public IReadOnlyList<NamedArray> FeatureMaps(int count)
    {
        if (!IsReady)
            return [];
        using var scope = NewDisposeScope();
        using var visit = _visits.Open();
        var (images, _) = _images.Batch();
        count = (int)Math.Min(count, images.shape[0]);
        var shown = _visits.IsKnown ? images.narrow(0, 0, count) : images;
        return
        [
            ModuleState.Copy(SnapshotArrays.Input, shown.narrow(0, 0, count)),
            .. from layer in Watch(shown, null, withGradients: false)
               where layer.Kind != SnapshotArrays.Input
               select ModuleState.Copy(layer.Name, layer.Output.dim() > 0 && layer.Output.shape[0] == shown.shape[0] ? layer.Output.narrow(0, 0, count) : layer.Output),
        ];
    }

    public void Dispose() => _images.Dispose();

    private List<LayerOutput> Watch(Tensor images, Tensor? labels, bool withGradients)
    {
        var seen = new List<(string Name, string Kind, Tensor Output, Tensor Value)>();
        var hooks = new List<Action>();
        var firstLook = Layers.Count == 0 ? new FirstLook() : null;
        using var tracking = set_grad_enabled(withGradients);
        try
        {
            foreach (var (name, layer) in _layers)
                hooks.Add(Hook(layer, (input, output) => Keep(seen, firstLook, name, layer.GetName(), input, output)));
            var logits = _network.call(images);
            Layers = firstLook?.Read(_toHost) ?? Layers;
            var gradients = withGradients && labels is not null && logits.dim() == 2 && Task is { } task
                ? _leftOut.Try("the gradients by the layers' outputs", () => Gradients(task.Loss(logits, labels), seen), [])
                : [];
            return [.. seen.Select(layer => new LayerOutput(layer.Name, layer.Kind, layer.Value.detach(), gradients.GetValueOrDefault(layer.Name)))];
        }
        finally
        {
            hooks.ForEach(remove => remove());
            firstLook?.Dispose();
            foreach (var (_, _, output, value) in seen)
            {
                output.Dispose();
                value.Dispose();
            }
        }
    }

    private static Dictionary<string, Tensor> Gradients(Tensor loss, List<(string Name, string Kind, Tensor Output, Tensor Value)> seen)
    {
        var gradients = GuardedGradient.Of(loss, [.. seen.Select(layer => layer.Output)]);
        return seen.Zip(gradients).Where(pair => pair.Second is not null).ToDictionary(pair => pair.First.Name, pair => pair.Second!);
    }

    /// <summary>
    /// Calls back with a tensor that outlives the network's own scopes and stands between the layer and what follows it in the graph, so that the gradient by it exists.
    /// </summary>
    private static Action Hook(nn.Module<Tensor, Tensor> layer, Action<Tensor, Tensor> callback) => layer.register_forward_hook((_, input, output) =>
    {
        var kept = output.alias().DetachFromDisposeScope();
        callback(input, kept);
        return kept.alias();
    }).remove;

    private void Keep(
        List<(string Name, string Kind, Tensor Output, Tensor Value)> seen,
        FirstLook? firstLook,
        string name,
        string kind,
        Tensor input,
        Tensor output)
    {
        if (seen.Count == 0)
        {
            var first = input.detach().to(ScalarType.Float32).clone().DetachFromDisposeScope();
            seen.Add((SnapshotArrays.Input, SnapshotArrays.Input, first, first));
        }

        name = Numbered(name, seen);
        firstLook?.Note(name, kind, input, seen[^1].Value);
        seen.Add((name, kind, output, _overwrites ? output.detach().clone().DetachFromDisposeScope() : output));
    }

    private static string Numbered(string name, List<(string Name, string Kind, Tensor Output, Tensor Value)> seen)
    {
        var calls = seen.Count(layer => layer.Name == name || layer.Name.StartsWith(name + ":", StringComparison.Ordinal));
        return calls == 0 ? name : $"{name}:{calls + 1}";
    }

    private static bool IsInPlace(nn.Module module) =>
        module.GetType().GetProperty("inplace", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)?.GetValue(module) is true;
}
