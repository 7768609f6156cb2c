using ConvScope.Native;
using ConvScope.Networks.Layers;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Networks;

/// <summary>The TorchSharp module of a description: normalisation, then every layer through <c>call</c>, so that hooks fire.</summary>
internal sealed class SpecNetwork : nn.Module<Tensor, Tensor>
{
    private readonly NetworkSpec _spec;
    private readonly List<(LayerSpec Layer, nn.Module<Tensor, Tensor>? Module)> _layers = [];
    private readonly HashSet<string> _kept; // layers whose outputs are taken by others than the next one
    private Tensor _factor; // [1, C, 1, 1], scale / std
    private Tensor _shift; // [1, C, 1, 1], mean / std

    public SpecNetwork(NetworkSpec spec, long seed)
        : base(spec.Name)
    {
        _spec = spec;
        using var scope = NewDisposeScope(); // initialisers, also those of TorchSharp's layers, leave wrappers behind
        using var hold = GlobalRandom.Enter();
        using var callersRandomState = random.get_rng_state(); // TorchSharp's constructors draw weights of their own
        _kept = [.. spec.Layers.Select(layer => layer.From).OfType<string>(), .. spec.Layers.OfType<JoiningLayer>().SelectMany(layer => layer.With)];
        var groups = new Dictionary<string, nn.Module>(StringComparer.Ordinal) { [""] = this };
        foreach (var row in spec.Table)
        {
            var module = LayerModules.Create(row.Layer, row.Input);
            _layers.Add((row.Layer, module));
            if (module is null)
                continue;
            foreach (var (_, parameter) in module.named_parameters())
                parameter.DetachFromDisposeScope();
            foreach (var (_, buffer) in module.named_buffers())
                buffer.DetachFromDisposeScope();
            Register(row.Layer.Name, module, groups);
        }

        random.set_rng_state(callersRandomState);
        Initialize(seed);
        var normalization = spec.Normalization;
        _factor = PerChannel(normalization.StandardDeviation.Select(deviation => normalization.Scale / deviation));
        _shift = PerChannel(normalization.Mean.Zip(normalization.StandardDeviation, (mean, deviation) => mean / deviation));
    }

    /// <summary>What it was built from.</summary>
    public NetworkSpec Spec => _spec;

    /// <summary>How it computes in training mode; in evaluation mode, as in predictions, it is 32-bit floats with channels first.</summary>
    public ComputeFormat TrainingFormat { get; set; }

    /// <summary>Layers that compute as in predictions also while the others are trained: the frozen ones, whose running statistics would move and whose dropout would draw.</summary>
    public IReadOnlySet<string> Evaluating { get; set; } = new HashSet<string>();

    public override Tensor forward(Tensor images) => Run(images); // [N, K]

    public override void train(bool on = true)
    {
        base.train(on);
        foreach (var (layer, module) in _layers)
        {
            if (on && module is not null && Evaluating.Contains(layer.Name))
                module.eval();
        }
    }

    /// <summary>Runs the network, or its first layers.</summary>
    /// <param name="images">Raw pixels, <c>[N, C, H, W]</c>.</param>
    /// <param name="last">The layer to end with; null for the network's last.</param>
    /// <param name="visit">Gets each layer's name and output, and gives what goes on in its place; null for nobody.</param>
    /// <returns>The last layer's output.</returns>
    public Tensor Run(Tensor images, string? last = null, Func<string, Tensor, Tensor>? visit = null)
    {
        CheckInput(images);
        using var scope = NewDisposeScope();
        var x = images.to(ScalarType.Float32).mul(_factor).sub_(_shift); // [N, C, H, W]
        x = training ? TrainingFormat.Apply(x) : x;
        var kept = new Dictionary<string, Tensor>(_kept.Count, StringComparer.Ordinal);
        foreach (var (layer, module) in _layers)
        {
            x = layer.From is null ? x : kept[layer.From];
            x = layer is LinearLayer ? x.to(ScalarType.Float32) : x;
            x = module is null ? LayerModules.Join(layer, [x, .. ((JoiningLayer)layer).With.Select(name => kept[name])]) : module.call(x);
            x = visit is null ? x : visit(layer.Name, x);
            if (_kept.Contains(layer.Name))
                kept[layer.Name] = x;
            if (layer.Name == last)
                break;
        }

        return x.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    protected override nn.Module _to(Device device, ScalarType dtype, bool non_blocking)
    {
        MoveConstants(device);
        return base._to(device, dtype, non_blocking);
    }

    protected override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
    {
        MoveConstants(new Device(deviceType, deviceIndex));
        return base._to(deviceType, deviceIndex, non_blocking);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _factor.Dispose();
            _shift.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Registers a module under its name; each part before a dot is a group, as PyTorch's containers are.</summary>
    private static void Register(string name, nn.Module module, Dictionary<string, nn.Module> groups)
    {
        var dot = name.LastIndexOf('.');
        var group = dot < 0 ? "" : name[..dot];
        if (!groups.TryGetValue(group, out var parent))
        {
            groups[group] = parent = new LayerGroup(group);
            Register(group, parent, groups);
        }

        parent.register_module(name[(dot + 1)..], module);
    }

    private static Tensor PerChannel(IEnumerable<double> values)
    {
        var floats = values.Select(value => (float)value).ToArray();
        return tensor(floats, [1, floats.Length, 1, 1], device: CPU).DetachFromDisposeScope();
    }

    private void CheckInput(Tensor images)
    {
        var shape = images.shape;
        if (shape.Length != 4 || shape[1] != _spec.Input.Channels || shape[2] != _spec.Input.Height || shape[3] != _spec.Input.Width)
            throw new NetworkException($"Network '{_spec.Name}' expects images [N, {string.Join(", ", _spec.Input.Axes)}]; it got [{string.Join(", ", shape)}].");
    }

    private void Initialize(long seed)
    {
        using var generator = new Generator((ulong)seed);
        using var untracked = no_grad();
        var parameters = named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter, StringComparer.Ordinal);
        foreach (var row in _spec.Table)
        {
            foreach (var parameter in row.Layer.Parameters(row.Input))
            {
                var tensor = parameters[$"{row.Layer.Name}.{parameter.Name}"];
                if (parameter.Constant is { } constant)
                    tensor.fill_(constant);
                else if (_spec.Initialization == Initialization.HeNormal && parameter.Shape.Axes.Length == 1)
                    tensor.zero_();
                else if (_spec.Initialization == Initialization.HeNormal)
                    tensor.normal_(0, parameter.Shape.Axes.Length == 4 ? Math.Sqrt(2.0 / ((long)parameter.Shape.Count / parameter.Shape.Axes[1])) : 0.01, generator);
                else
                    tensor.uniform_(-1 / Math.Sqrt(parameter.FanIn), 1 / Math.Sqrt(parameter.FanIn), generator);
            }
        }
    }

    private void MoveConstants(Device device)
    {
        _factor = Moved(_factor, device);
        _shift = Moved(_shift, device);
    }

    private static Tensor Moved(Tensor constant, Device device)
    {
        var moved = constant.to(device);
        if (!ReferenceEquals(moved, constant))
        {
            moved.DetachFromDisposeScope();
            constant.Dispose();
        }

        return moved;
    }
}
