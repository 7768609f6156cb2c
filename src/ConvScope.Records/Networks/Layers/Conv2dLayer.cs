using System.Text.Json.Serialization;

namespace ConvScope.Records.Networks.Layers;

/// <summary>A two-dimensional convolution with square kernels; the input channels follow from what comes before.</summary>
/// <param name="Name">Name of the layer.</param>
/// <param name="OutChannels">Number of filters, at least 1.</param>
/// <param name="Kernel">Rows and columns of each kernel, at least 1.</param>
/// <param name="Stride">Step of the window, at least 1.</param>
/// <param name="Padding">Zeros added on every side, at least 0.</param>
/// <param name="Groups">Parts into which the channels are divided, each convolved by itself; both channel numbers are multiples of it. 1 for an ordinary convolution.</param>
/// <param name="Bias">Whether a trained value is added to each output channel; a normalisation behind it makes it useless.</param>
public sealed record Conv2dLayer(string Name, int OutChannels, int Kernel, int Stride = 1, int Padding = 0, int Groups = 1, bool Bias = true) : LayerSpec(Name)
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
        if (AtLeast(1, Groups, "groups") > 1 && (maps.Channels % Groups != 0 || OutChannels % Groups != 0))
            throw new NetworkException($"Layer '{Name}' divides {maps.Channels} channels into {Groups} groups to make {OutChannels}; both must be multiples of the groups.");
        return Sized(OutChannels, Slide(maps, maps.Height, Kernel, Stride, Padding), Slide(maps, maps.Width, Kernel, Stride, Padding));
    }

    /// <inheritdoc />
    public override IReadOnlyList<ParameterSpec> Parameters(Shape input)
    {
        var fanIn = FanIn(input);
        var weight = new ParameterSpec("weight", Sized(OutChannels, Maps(input).Channels / Groups, Kernel, Kernel), fanIn);
        return Bias ? [weight, new("bias", new Shape(OutChannels), fanIn)] : [weight];
    }

    /// <inheritdoc />
    public override long MultiplyAdds(Shape input) => (long)OutputShape(input).Count * FanIn(input);

    private int FanIn(Shape input) => Maps(input).Channels / Groups * Kernel * Kernel;
}
