using ConvScope.Records.Networks.Layers;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ConvScope.Networks.Layers;

/// <summary>TorchSharp's <c>Conv2d</c> with the same parameters and the same results, which also takes <c>bfloat16</c>: its 32-bit weights are then rounded on their way in, and get 32-bit gradients.</summary>
internal sealed class Convolution : nn.Module<Tensor, Tensor>
{
    // Module.to disposes what it replaces, and looks for the fields that held it by these names.
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight; // [K, C / groups, k, k]

    [ComponentName(Name = "bias")]
    private readonly Parameter? _bias; // [K]

    private readonly long[] _stride, _padding;
    private readonly long _groups;

    public Convolution(int channels, Conv2dLayer layer)
        : base(nameof(Conv2d))
    {
        _weight = new Parameter(empty([layer.OutChannels, channels / layer.Groups, layer.Kernel, layer.Kernel], device: CPU));
        register_parameter("weight", _weight);
        if (layer.Bias)
            register_parameter("bias", _bias = new Parameter(empty([layer.OutChannels], device: CPU)));
        _stride = [layer.Stride, layer.Stride];
        _padding = [layer.Padding, layer.Padding];
        _groups = layer.Groups;
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return nn.functional.conv2d(input, _weight.to(input.dtype), _bias?.to(input.dtype), _stride, _padding, groups: _groups).MoveToOuterDisposeScope();
    }
}
