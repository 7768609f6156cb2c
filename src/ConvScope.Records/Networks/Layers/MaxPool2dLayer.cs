using System.Text.Json.Serialization;

namespace ConvScope.Records.Networks.Layers;

/// <summary>The largest value of each square window.</summary>
/// <param name="Name">Name of the layer.</param>
/// <param name="Kernel">Rows and columns of the window, at least 1.</param>
/// <param name="Stride">Step of the window; 0 for the window's own size.</param>
/// <param name="Padding">Border that no window takes its value from, 0 to half the kernel.</param>
/// <param name="CeilMode">Whether a last window that reaches beyond the border counts too.</param>
public sealed record MaxPool2dLayer(string Name, int Kernel, int Stride = 0, int Padding = 0, bool CeilMode = false) : LayerSpec(Name)
{
    /// <inheritdoc />
    [JsonIgnore] // the attribute is not inherited
    public override string Kind => $"MaxPool2d {Kernel}x{Kernel}";

    internal int Step => Stride == 0 ? Kernel : Stride;

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        AtLeast(1, Kernel, "a window");
        AtLeast(0, Stride, "a stride");
        if (AtLeast(0, Padding, "padding") > Kernel / 2)
            throw new NetworkException($"Layer '{Name}' has padding {Padding}; a window of {Kernel} allows {Kernel / 2}.");
        var maps = Maps(input);
        return new Shape(maps.Channels, Windows(maps, maps.Height), Windows(maps, maps.Width));
    }

    private int Windows(Shape maps, int length)
    {
        var whole = Slide(maps, length, Kernel, Step, Padding);
        // One more where something is left and the window still begins inside the input, as PyTorch counts.
        return CeilMode && (whole - 1) * Step + Kernel < length + 2 * Padding && whole * Step < length + Padding ? whole + 1 : whole;
    }
}
