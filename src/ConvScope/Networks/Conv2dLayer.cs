using System.Text.Json.Serialization;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Networks;

/// <summary>A two-dimensional convolution with square kernels and a bias; the input channels follow from what comes before.</summary>
/// <param name="Name">Name of the layer.</param>
/// <param name="OutChannels">Number of filters, at least 1.</param>
/// <param name="Kernel">Rows and columns of each kernel, at least 1.</param>
/// <param name="Stride">Step of the window, at least 1.</param>
/// <param name="Padding">Zeros added on every side, at least 0.</param>
public sealed record Conv2dLayer(string Name, int OutChannels, int Kernel, int Stride = 1, int Padding = 0) : LayerSpec(Name)
{
    /// <inheritdoc />
    [JsonIgnore] // the attribute is not inherited
    public override string Kind => $"Conv2d {Kernel}x{Kernel}";

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        AtLeast(1, OutChannels, "filters");
        AtLeast(1, Kernel, "a kernel");
        AtLeast(1, Stride, "a stride");
        AtLeast(0, Padding, "padding");
        var maps = Maps(input);
        return Sized(OutChannels, Slide(maps, maps.Height, Kernel, Stride, Padding), Slide(maps, maps.Width, Kernel, Stride, Padding));
    }

    /// <inheritdoc />
    public override IReadOnlyList<ParameterSpec> Parameters(Shape input)
    {
        var fanIn = FanIn(input);
        return [new("weight", Sized(OutChannels, Maps(input).Channels, Kernel, Kernel), fanIn), new("bias", new Shape(OutChannels), fanIn)];
    }

    /// <inheritdoc />
    public override long MultiplyAdds(Shape input) => (long)OutputShape(input).Count * FanIn(input);

    internal override nn.Module<Tensor, Tensor> CreateModule(Shape input) =>
        nn.Conv2d(Maps(input).Channels, OutChannels, Kernel, stride: Stride, padding: Padding);

    private int FanIn(Shape input) => Maps(input).Channels * Kernel * Kernel;
}
