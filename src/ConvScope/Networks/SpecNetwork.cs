using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Networks;

/// <summary>The TorchSharp module of a description: normalisation, then every layer through <c>call</c>, so that hooks fire.</summary>
internal sealed class SpecNetwork : nn.Module<Tensor, Tensor>
{
    private readonly NetworkSpec _spec;
    private readonly List<nn.Module<Tensor, Tensor>> _layers = [];
    private Tensor _factor; // [1, C, 1, 1], scale / std
    private Tensor _shift; // [1, C, 1, 1], mean / std

    public SpecNetwork(NetworkSpec spec, long seed)
        : base(spec.Name)
    {
        _spec = spec;
        using var scope = NewDisposeScope(); // initialisers, also those of TorchSharp's layers, leave wrappers behind
        using var callersRandomState = random.get_rng_state(); // TorchSharp's constructors draw weights of their own
        foreach (var row in spec.Table)
        {
            var layer = row.Layer.CreateModule(row.Input);
            foreach (var (_, parameter) in layer.named_parameters())
                parameter.DetachFromDisposeScope();
            register_module(row.Layer.Name, layer);
            _layers.Add(layer);
        }

        random.set_rng_state(callersRandomState);
        Initialize(seed);
        var normalization = spec.Normalization;
        _factor = PerChannel(normalization.StandardDeviation.Select(deviation => normalization.Scale / deviation));
        _shift = PerChannel(normalization.Mean.Zip(normalization.StandardDeviation, (mean, deviation) => mean / deviation));
    }

    public override Tensor forward(Tensor images)
    {
        CheckInput(images);
        using var scope = NewDisposeScope();
        var x = images.to(ScalarType.Float32).mul(_factor).sub_(_shift); // [N, C, H, W]
        foreach (var layer in _layers)
            x = layer.call(x);
        return x.MoveToOuterDisposeScope(); // [N, K]
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

    private static Tensor PerChannel(IEnumerable<double> values)
    {
        var floats = values.Select(value => (float)value).ToArray();
        return tensor(floats, [1, floats.Length, 1, 1]).DetachFromDisposeScope();
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
        foreach (var row in _spec.Table)
        {
            foreach (var parameter in row.Layer.Parameters(row.Input))
            {
                var bound = 1 / Math.Sqrt(parameter.FanIn);
                get_parameter($"{row.Layer.Name}.{parameter.Name}")!.uniform_(-bound, bound, generator);
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
