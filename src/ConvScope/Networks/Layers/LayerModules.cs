using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using static TorchSharp.torch;

namespace ConvScope.Networks.Layers;

/// <summary>
/// Builds what a layer's description means in TorchSharp. Modules are made on the CPU whatever the default device is, and not in place, so that what a layer got can still be inspected after the next one.
/// </summary>
internal static class LayerModules
{
    /// <summary>Builds a layer's module; null for a layer that joins others and has none.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">Shape of what it gets, without the batch axis.</param>
    /// <exception cref="NotSupportedException">The layer is of no kind that this version knows.</exception>
    public static nn.Module<Tensor, Tensor>? Create(LayerSpec layer, Shape input) => layer switch
    {
        Conv2dLayer convolution => new Convolution(input.Channels, convolution),
        LinearLayer linear => nn.Linear(input.Count, linear.Outputs, device: CPU),
        BatchNorm2dLayer => nn.BatchNorm2d(input.Channels, device: CPU),
        ReluLayer => nn.ReLU(inplace: false),
        Relu6Layer => nn.ReLU6(inplace: false),
        MaxPool2dLayer pool => nn.MaxPool2d(pool.Kernel, pool.Step, pool.Padding, ceil_mode: pool.CeilMode),
        AvgPool2dLayer pool => nn.AvgPool2d(pool.Kernel, pool.Step),
        AdaptiveAvgPool2dLayer pool => nn.AdaptiveAvgPool2d([pool.Side, pool.Side]),
        FlattenLayer => nn.Flatten(), // keeps the batch axis
        DropoutLayer dropout => nn.Dropout(dropout.P, inplace: false),
        JoiningLayer => null,
        _ => throw Unknown(layer),
    };

    /// <summary>Joins outputs of several layers, <c>[N, …]</c> each.</summary>
    /// <exception cref="NotSupportedException">The layer is of no kind that this version knows.</exception>
    public static Tensor Join(LayerSpec layer, IReadOnlyList<Tensor> inputs) => layer switch
    {
        AddLayer => inputs.Skip(1).Aggregate(inputs[0], (sum, next) => sum.add(next)),
        ConcatLayer => cat([.. inputs], 1),
        _ => throw Unknown(layer),
    };

    private static NotSupportedException Unknown(LayerSpec layer) => new($"Layer '{layer.Name}' is a {layer.GetType().Name}, for which there is no module.");
}
