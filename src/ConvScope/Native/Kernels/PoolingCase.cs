using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Native.Kernels;

/// <summary>Pooling with a window of 2×2.</summary>
/// <param name="Channels">Channels.</param>
/// <param name="IsMax">Whether the largest value is taken, else the mean.</param>
internal sealed record PoolingCase(int Channels, bool IsMax) : KernelCase
{
    /// <inheritdoc />
    protected override IReadOnlyList<(string Name, long[] Shape)> Inputs => [("input", [Batch, Channels, Size, Size])];

    /// <inheritdoc />
    public override string ToString() => $"{(IsMax ? "max" : "mean")} pooling of {Channels} channels, {Circumstances()}";

    /// <inheritdoc />
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs) =>
        IsMax ? nn.functional.max_pool2d(inputs[0], 2) : nn.functional.avg_pool2d(inputs[0], 2);

    /// <inheritdoc />
    protected override Tensor Values(long[] shape, int which)
    {
        // No two values of a window are the same: which of equal ones is the largest would be anybody's choice.
        var count = shape.Aggregate(1L, (product, length) => product * length);
        return arange(count, dtype: ScalarType.Int64, device: CPU).mul(7919).remainder(count | 1).reshape(shape);
    }
}
