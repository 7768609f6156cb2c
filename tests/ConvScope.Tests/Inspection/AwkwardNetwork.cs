using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Tests.Inspection;

/// <summary>
/// A network of somebody's own for the toy images: a convolution, ReLU, flatten and a linear layer, called as the <c>forward</c> that it is
/// given says.
/// </summary>
internal sealed class AwkwardNetwork : nn.Module<Tensor, Tensor>
{
    private readonly Func<AwkwardNetwork, Tensor, Tensor> _forward;
    private readonly Dictionary<string, nn.Module<Tensor, Tensor>> _layers;

    /// <summary>Makes a network, with the same weights each time.</summary>
    /// <param name="forward">Gets the network and images as floats from 0 to 1, <c>[N, 1, 8, 8]</c>.</param>
    /// <param name="more">Makes a layer beside the usual ones; null for none.</param>
    public AwkwardNetwork(Func<AwkwardNetwork, Tensor, Tensor> forward, Func<(string Name, nn.Module<Tensor, Tensor> Layer)>? more = null)
        : base("awkward")
    {
        _forward = forward;
        manual_seed(3).Dispose();
        List<(string Name, nn.Module<Tensor, Tensor> Layer)> layers =
            [("conv", nn.Conv2d(1, 4, 3)), ("relu", nn.ReLU()), ("flatten", nn.Flatten()), ("fc", nn.Linear(144, 3))];
        if (more is not null)
            layers.Add(more());
        foreach (var (name, layer) in layers)
            register_module(name, layer);
        _layers = layers.ToDictionary(entry => entry.Name, entry => entry.Layer);
        Offset = nn.Parameter(zeros(3));
        register_parameter("offset", Offset);
    }

    /// <summary>A parameter of the network's own, <c>[3]</c>.</summary>
    public Parameter Offset { get; }

    public override Tensor forward(Tensor input) => _forward(this, input.to(ScalarType.Float32).div(255));

    /// <summary>Calls a layer.</summary>
    public Tensor Call(string layer, Tensor input) => _layers[layer].call(input);

    /// <summary>The first three layers, <c>[N, 144]</c>.</summary>
    public Tensor Features(Tensor images) => Call("flatten", Call("relu", Call("conv", images)));
}
