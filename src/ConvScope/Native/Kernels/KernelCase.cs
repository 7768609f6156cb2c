using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Native.Kernels;

/// <summary>One piece of a network, small, whose output and gradients are computed to see whether libtorch's kernels are right.</summary>
internal abstract record KernelCase
{
    /// <summary>Images.</summary>
    public int Batch { get; init; } = 2;

    /// <summary>Rows and columns of an image.</summary>
    public int Size { get; init; } = 12;

    /// <summary>The numbers it is computed in.</summary>
    public ScalarType Type { get; init; } = ScalarType.Float32;

    /// <summary>Whether the channels of a place lie side by side in memory.</summary>
    public bool ChannelsLast { get; init; }

    /// <summary>Largest error that rounding explains, as a share of the largest value. The inputs are small integers, so that sums are exact and only what is stored is rounded.</summary>
    public double Tolerance => Type == ScalarType.Float32 ? 1e-4 : 0.02;

    /// <summary>Names and shapes of what goes in, the images first.</summary>
    protected abstract IReadOnlyList<(string Name, long[] Shape)> Inputs { get; }

    /// <summary>Computes it.</summary>
    /// <param name="type">The numbers to compute in: <see cref="Type"/>, or 64-bit floats for what is right.</param>
    /// <returns>The output, then the gradient by each input. The caller disposes them.</returns>
    public IReadOnlyList<(string Name, Tensor Value)> Compute(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var tracked = enable_grad();
        var inputs = Inputs.Select((input, index) => Values(input.Shape, index).to(type)).ToArray();
        if (ChannelsLast)
            inputs[0] = LastChannels(inputs[0]);
        foreach (var input in inputs)
            input.requires_grad_();
        var output = Forward(inputs);
        output.backward([Values(output.shape, inputs.Length).to(type)]);
        var gradients = Inputs.Zip(inputs, (input, value) => ($"gradient by the {input.Name}", value.grad!));
        return [.. gradients.Prepend(("output", output.detach())).Select(result => (result.Item1, result.Item2.MoveToOuterDisposeScope()))];
    }

    /// <summary>The piece itself.</summary>
    protected abstract Tensor Forward(IReadOnlyList<Tensor> inputs);

    /// <summary>Where and how it is computed, in words.</summary>
    protected string Circumstances() =>
        $"batch {Batch} of {Size}×{Size}{(ChannelsLast ? ", channels last" : "")}{(Type == ScalarType.Float32 ? "" : $", {Type.ToString().ToLowerInvariant()}")}";

    /// <summary>Integers from −2 to 2 in an order that looks like chance and is the same everywhere; no random state is touched.</summary>
    protected virtual Tensor Values(long[] shape, int which)
    {
        var numbers = arange(shape.Aggregate(1L, (product, length) => product * length), dtype: ScalarType.Int64, device: CPU);
        return numbers.add(which * 7919).mul(2_654_435_761).remainder(4_294_967_296).div(8192, RoundingMode.floor).remainder(5).sub(2).reshape(shape);
    }

    private static Tensor LastChannels(Tensor images) => images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
