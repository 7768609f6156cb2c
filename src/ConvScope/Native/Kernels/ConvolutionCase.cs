using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Native.Kernels;

/// <summary>A convolution, padded so that no kernel size shrinks the image.</summary>
/// <param name="Channels">Channels of the input.</param>
/// <param name="Filters">Channels of the output.</param>
/// <param name="Kernel">Rows and columns of the kernel.</param>
internal sealed record ConvolutionCase(int Channels, int Filters, int Kernel) : KernelCase
{
    /// <summary>Groups of channels that do not see each other.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Rows and columns from one place to the next.</summary>
    public int Stride { get; init; } = 1;

    /// <inheritdoc />
    protected override IReadOnlyList<(string Name, long[] Shape)> Inputs =>
        [("input", [Batch, Channels, Size, Size]), ("weight", [Filters, Channels / Groups, Kernel, Kernel]), ("bias", [Filters])];

    /// <inheritdoc />
    public override string ToString() =>
        $"convolution {Channels}→{Filters}, {Kernel}×{Kernel}{(Stride == 1 ? "" : $", stride {Stride}")}{(Groups == 1 ? "" : $", {Groups} groups")}, {Circumstances()}";

    /// <inheritdoc />
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs) =>
        nn.functional.conv2d(inputs[0], inputs[1], inputs[2], [Stride, Stride], [Kernel / 2, Kernel / 2], groups: Groups);
}
