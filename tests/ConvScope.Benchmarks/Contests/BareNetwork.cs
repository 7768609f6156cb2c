using ConvScope.Networks;
using ConvScope.Records.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Benchmarks.Contests;

/// <summary>A network as a user of TorchSharp writes it: TorchSharp's own modules one after another.</summary>
internal sealed class BareNetwork : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _layers;

    /// <summary>Makes one with the weights of another.</summary>
    public BareNetwork(nn.Module<Tensor, Tensor> weights, NetworkSpec network)
        : base(nameof(BareNetwork))
    {
        var channels = network.Input.Channels;
        var modules = new List<(string, nn.Module<Tensor, Tensor>)>();
        foreach (var row in network.Table)
        {
            modules.Add((row.Layer.Name.Replace('.', '_'), row.Layer switch
            {
                Records.Networks.Layers.Conv2dLayer conv => nn.Conv2d(channels, conv.OutChannels, conv.Kernel, conv.Stride, conv.Padding, groups: conv.Groups, bias: conv.Bias),
                Records.Networks.Layers.BatchNorm2dLayer => nn.BatchNorm2d(channels),
                Records.Networks.Layers.ReluLayer => nn.ReLU(),
                Records.Networks.Layers.MaxPool2dLayer pool => nn.MaxPool2d(pool.Kernel, pool.Stride == 0 ? pool.Kernel : pool.Stride, pool.Padding),
                Records.Networks.Layers.FlattenLayer => nn.Flatten(),
                Records.Networks.Layers.LinearLayer linear => nn.Linear(row.Input.Count, linear.Outputs),
                _ => throw new NotSupportedException($"A contest with {row.Layer.Kind} is not written."),
            }));
            channels = row.Output.Channels;
        }

        _layers = nn.Sequential(modules);
        RegisterComponents();
        using var untracked = no_grad();
        var given = weights.state_dict();
        foreach (var (name, tensor) in state_dict())
        {
            var dot = name.LastIndexOf('.');
            var layer = name[(nameof(_layers).Length + 1)..dot];
            var source = network.Table.First(row => row.Layer.Name.Replace('.', '_') == layer).Layer.Name;
            tensor.copy_(given[$"{source}{name[dot..]}"]);
        }

        weights.Dispose();
    }

    public override Tensor forward(Tensor input) => _layers.call(input);
}
