using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Native.Kernels;

/// <summary>A linear layer.</summary>
/// <param name="Features">Length of an input.</param>
/// <param name="Outputs">Length of an output.</param>
internal sealed record LinearCase(int Features, int Outputs) : KernelCase
{
    /// <inheritdoc />
    protected override IReadOnlyList<(string Name, long[] Shape)> Inputs => [("input", [Batch, Features]), ("weight", [Outputs, Features]), ("bias", [Outputs])];

    /// <inheritdoc />
    public override string ToString() => $"linear {Features}→{Outputs}, batch {Batch}{(Type == ScalarType.Float32 ? "" : $", {Type.ToString().ToLowerInvariant()}")}";

    /// <inheritdoc />
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs) => nn.functional.linear(inputs[0], inputs[1], inputs[2]);
}
