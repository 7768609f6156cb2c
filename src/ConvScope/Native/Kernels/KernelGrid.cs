using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Native.Kernels;

/// <summary>What is computed to see whether the kernels are right.</summary>
internal static class KernelGrid
{
    /// <summary>
    /// A few convolutions for every start of a machine: channels that are and are not multiples of the blocks of 8 and 16 in which oneDNN lays out weights, kernels of 1, 3 and 5, depthwise, channels-last, bfloat16.
    /// The first ones are those that were seen to fail.
    /// </summary>
    public static IReadOnlyList<KernelCase> Small { get; } =
    [
        new ConvolutionCase(1, 6, 5),
        new ConvolutionCase(16, 120, 5) { Size = 5 },
        new ConvolutionCase(1, 24, 3),
        new ConvolutionCase(8, 20, 5),
        new ConvolutionCase(17, 33, 3) { Size = 9 },
        new ConvolutionCase(32, 32, 3) { Size = 8 },
        new ConvolutionCase(3, 10, 1),
        new ConvolutionCase(24, 24, 3) { Groups = 24 },
        new ConvolutionCase(1, 6, 5) { ChannelsLast = true },
        new ConvolutionCase(17, 33, 3) { Size = 9, ChannelsLast = true },
        new ConvolutionCase(1, 24, 3) { Type = ScalarType.BFloat16 },
        new ConvolutionCase(8, 20, 5) { Type = ScalarType.BFloat16, ChannelsLast = true },
    ];

    /// <summary>What <c>convscope doctor</c> computes: kernels of 1 to 7, strides, groups, batches, both layouts, both types; pooling, linear layers, batch normalisation.</summary>
    public static IReadOnlyList<KernelCase> Whole { get; } = [.. Small, .. Convolutions(), .. Others()];

    private static IEnumerable<KernelCase> Convolutions()
    {
        (int Channels, int Filters)[] widths = [(1, 6), (3, 64), (6, 16), (8, 20), (16, 120), (17, 33), (32, 32), (64, 24)];
        foreach (var (channels, filters) in widths)
        {
            foreach (var form in Forms())
            {
                for (var kernel = 1; kernel <= 7; kernel += form.Type == ScalarType.Float32 ? 1 : 2)
                    yield return new ConvolutionCase(channels, filters, kernel) { ChannelsLast = form.ChannelsLast, Type = form.Type, Size = 9 };
                yield return new ConvolutionCase(channels, filters, 3) { ChannelsLast = form.ChannelsLast, Type = form.Type, Stride = 2, Batch = 5 };
                yield return new ConvolutionCase(channels, filters, 5) { ChannelsLast = form.ChannelsLast, Type = form.Type, Batch = 1, Size = 28 };
                yield return new ConvolutionCase(channels, filters, 3) { ChannelsLast = form.ChannelsLast, Type = form.Type, Batch = 33, Size = 7 };
            }
        }

        foreach (var (channels, groups) in new[] { (24, 24), (12, 3), (32, 2), (40, 40), (64, 4) })
        {
            foreach (var form in Forms())
                yield return new ConvolutionCase(channels, channels, 3) { Groups = groups, ChannelsLast = form.ChannelsLast, Type = form.Type, Stride = form.ChannelsLast ? 2 : 1 };
        }
    }

    private static IEnumerable<KernelCase> Others()
    {
        foreach (var channels in new[] { 1, 6, 17, 64 })
        {
            foreach (var last in new[] { false, true })
            {
                yield return new PoolingCase(channels, IsMax: true) { ChannelsLast = last };
                yield return new PoolingCase(channels, IsMax: false) { ChannelsLast = last };
                yield return new BatchNormCase(channels) { ChannelsLast = last, Batch = 8 };
            }
        }

        foreach (var (features, outputs) in new[] { (120, 84), (84, 10), (17, 33), (256, 1), (512, 1000) })
        {
            foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
                yield return new LinearCase(features, outputs) { Type = type, Batch = 64 };
        }
    }

    private static IEnumerable<(bool ChannelsLast, ScalarType Type)> Forms() =>
        [(false, ScalarType.Float32), (true, ScalarType.Float32), (false, ScalarType.BFloat16), (true, ScalarType.BFloat16)];
}
