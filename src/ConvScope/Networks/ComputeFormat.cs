using static TorchSharp.torch;

namespace ConvScope.Networks;

/// <summary>How a network lays out and rounds what passes through it while it is trained.</summary>
/// <param name="Precision">The numbers.</param>
/// <param name="IsChannelsLast">Whether the channels of a place lie side by side in memory, <c>[N, H, W, C]</c>; shapes stay <c>[N, C, H, W]</c>.</param>
internal readonly record struct ComputeFormat(Precision Precision, bool IsChannelsLast)
{
    /// <summary>The images in this format.</summary>
    public Tensor Apply(Tensor images)
    {
        var x = Precision == Precision.Mixed ? images.to(ScalarType.BFloat16) : images;
        if (!IsChannelsLast)
            return x;
        long channels = x.shape[1], height = x.shape[2], width = x.shape[3];
        // The strides are said outright: with one channel torch takes the order that permute leaves for channels first.
        return x.permute(0, 2, 3, 1).contiguous().as_strided(x.shape, [channels * height * width, 1, channels * width, channels]);
    }
}
