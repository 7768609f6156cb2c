using System.Text.Json.Serialization;

namespace ConvScope.Records.Networks.Layers;

/// <summary>The means of as many windows as the output has places, whatever the input's size.</summary>
/// <param name="Name">Name of the layer.</param>
/// <param name="Side">Rows and columns of the output, at least 1.</param>
public sealed record AdaptiveAvgPool2dLayer(string Name, int Side = 1) : LayerSpec(Name)
{
    /// <inheritdoc />
    [JsonIgnore] // the attribute is not inherited
    public override string Kind => $"AdaptiveAvgPool2d {Side}x{Side}";

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        AtLeast(1, Side, "a side");
        return Sized(Maps(input).Channels, Side, Side);
    }
}
