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
/// meanwhile; afterwards it is as before, also after an exception, see <see cref="NetworkVisits"/>. A network that takes something else than images alone is not called: what its layers gave in the training's own calls is read.
/// </summary>
internal sealed class Probe : IDisposable
{
    /// <summary>Images whose feature maps are kept.</summary>
    public const int ShownImages = 4;

    private readonly nn.Module<Tensor, Tensor>? _network; // null where it is not called
    private readonly NetworkVisits _visits;
    private readonly LayerWatch _watch;
    private readonly TrainingPass? _pass; // where it is not
    private readonly (string Name, Tensor Value)[] _parameters;
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
    public Probe(nn.Module network, OutputFacts? facts = null, LeftOut? leftOut = null, Func<Tensor, double[]>? toHost = null, NetworkVisits? visits = null)
    {
        _toHost = toHost ?? HostCopy.Read;
        _facts = facts ?? new OutputFacts();
        _leftOut = leftOut ?? new LeftOut();
        _network = network as nn.Module<Tensor, Tensor>;
        _visits = visits ?? new NetworkVisits(network);
        _images = new ProbeImages(keepsBatches: !_visits.IsKnown);
        _watch = new LayerWatch(network, mayOverwrite: !_visits.IsKnown);
        _pass = _network is null ? new TrainingPass(network, _watch) : null;
        _parameters = [.. network.named_parameters().Select(pair => (pair.name, (Tensor)pair.parameter))];
        Announce(); // the first step is looked at where that turns out to be wanted
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

    /// <summary>The layers are going to be looked at after the step that is made next.</summary>
    public void Announce() => _pass?.Listen(Layers.Count == 0);

    /// <summary>They are not.</summary>
    public void Ignore() => _pass?.Stop();

    /// <summary>Shows the probe batch.</summary>
    /// <param name="withGradients">Whether the loss's gradient by each output is wanted.</param>
    /// <returns>The layers' outputs in forward order; they belong to the dispose scope that is open. Empty where there are no images yet.</returns>
    public IReadOnlyList<LayerOutput> Run(bool withGradients)
    {
        if (_pass is not null)
        {
            if (Layers.Count == 0)
                Layers = _pass.Order(_toHost);
            return _pass.Take();
        }

        if (!IsReady)
            return [];
        using var visit = _visits.Open();
        var (images, labels) = _images.Batch();
        return Watch(images, labels, withGradients);
    }

    /// <summary>The parameters' gradients by the mean loss of the two halves of the probe batch; parameters that get none are left out.</summary>
    public IReadOnlyList<(string Name, Tensor First, Tensor Second)> RunHalves()
    {
        if (!IsReady || _network is null || Task is not { } task || _images.Batch() is not (var images, { } labels) || images.shape[0] < 2)
            return [];
        using var visit = _visits.Open();
        using var tracked = enable_grad();
        var half = images.shape[0] / 2;
        using var together = _visits.IsKnown ? null : _network.call(images); // a network that keeps something has batches of one size
        IReadOnlyList<Tensor?> Gradients(long start)
        {
            var outputs = together?.narrow(0, start, half) ?? _network.call(images.narrow(0, start, half));
            if (outputs.dim() != 2)
                return new Tensor?[_parameters.Length];
            return GuardedGradient.Of(task.Loss(outputs, labels.narrow(0, start, half)), [.. _parameters.Select(pair => pair.Value)], keepsGraph: together is not null);
        }

        IReadOnlyList<Tensor?> first = Gradients(0), second = Gradients(half);
        return [.. Enumerable.Range(0, _parameters.Length).Where(index => first[index] is not null && second[index] is not null)
            .Select(index => (_parameters[index].Name, Real(first[index]!), Real(second[index]!)))];
    }

    /// <inheritdoc cref="ProbeImages.All" />
    public (Tensor Images, Tensor Labels)? Set() => _images.All();

    /// <summary>Shows the batches of the probe set one after another, each in a dispose scope of its own and without gradients.</summary>
    /// <param name="look">Gets the layers' outputs of a batch, and says whether to go on.</param>
    /// <returns>Whether the whole set was shown.</returns>
    public bool RunSet(Func<IReadOnlyList<LayerOutput>, bool> look)
    {
        if (_network is null)
            return false;
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
        if (_pass is not null)
            return _pass.Shown;
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
               from array in ModuleState.Parts(layer.Name, layer.Output.dim() > 0 && layer.Output.shape[0] == shown.shape[0] ? layer.Output.narrow(0, 0, count) : layer.Output)
               select array,
        ];
    }

    public void Dispose()
    {
        _images.Dispose();
        _pass?.Dispose();
    }

    private List<LayerOutput> Watch(Tensor images, Tensor? labels, bool withGradients)
    {
        using var firstLook = Layers.Count == 0 ? new FirstLook() : null;
        using var tracking = set_grad_enabled(withGradients || !_visits.IsKnown); // as in the training: a forward that takes a gradient by itself ends the process where nothing is tracked
        using var seen = _watch.Begin(standsBetween: true, firstLook);
        var logits = _network!.call(images);
        Layers = firstLook?.Read(_toHost) ?? Layers;
        var gradients = withGradients && labels is not null && logits.dim() == 2 && Task is { } task
            ? _leftOut.Try("the gradients by the layers' outputs", () => Gradients(task.Loss(logits, labels), seen.Layers), [])
            : [];
        return [.. seen.Layers.Select(layer => new LayerOutput(layer.Name, layer.Kind, layer.Value.detach(), gradients.GetValueOrDefault(layer.Name)))];
    }

    /// <summary>A complex tensor as its parts, an axis more.</summary>
    private static Tensor Real(Tensor tensor) => tensor.is_complex() ? tensor.view_as_real() : tensor;

    private static Dictionary<string, Tensor> Gradients(Tensor loss, IReadOnlyList<LayerWatch.Seen> seen)
    {
        var gradients = GuardedGradient.Of(loss, [.. seen.Select(layer => layer.Output)]);
        return seen.Zip(gradients).Where(pair => pair.Second is not null).ToDictionary(pair => pair.First.Name, pair => pair.Second!);
    }
}
