using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Native.Kernels;

/// <summary>Batch normalisation over the batch's own mean and variance.</summary>
/// <param name="Channels">Channels.</param>
internal sealed record BatchNormCase(int Channels) : KernelCase
{
    /// <inheritdoc />
    protected override IReadOnlyList<(string Name, long[] Shape)> Inputs => [("input", [Batch, Channels, Size, Size]), ("weight", [Channels]), ("bias", [Channels])];

    /// <inheritdoc />
    public override string ToString() => $"batch normalisation of {Channels} channels, {Circumstances()}";

    /// <inheritdoc />
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs)
    {
        using var mean = zeros(Channels, inputs[0].dtype, CPU);
        using var variance = ones(Channels, inputs[0].dtype, CPU);
        return nn.functional.batch_norm(inputs[0], mean, variance, inputs[1], inputs[2], training: true);
    }
}
