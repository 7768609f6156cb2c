using System.Text.Json.Serialization;

namespace ConvScope.Records.Networks.Layers;

/// <summary>The mean of each square window.</summary>
/// <param name="Name">Name of the layer.</param>
/// <param name="Kernel">Rows and columns of the window, at least 1.</param>
/// <param name="Stride">Step of the window; 0 for the window's own size.</param>
public sealed record AvgPool2dLayer(string Name, int Kernel, int Stride = 0) : LayerSpec(Name)
{
    /// <inheritdoc />
    [JsonIgnore] // the attribute is not inherited
    public override string Kind => $"AvgPool2d {Kernel}x{Kernel}";

    internal int Step => Stride == 0 ? Kernel : Stride;

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        AtLeast(1, Kernel, "a window");
        AtLeast(0, Stride, "a stride");
        var maps = Maps(input);
        return new Shape(maps.Channels, Slide(maps, maps.Height, Kernel, Step, 0), Slide(maps, maps.Width, Kernel, Step, 0));
    }
}
