using System.Text.Json.Serialization;

namespace ConvScope.Records.Networks.Layers;

/// <summary>Lays maps <c>[C, H, W]</c> out as flat features, channel after channel, row after row.</summary>
/// <param name="Name">Name of the layer.</param>
public sealed record FlattenLayer(string Name) : LayerSpec(Name)
{
    /// <inheritdoc />
    [JsonIgnore] // the attribute is not inherited
    public override string Kind => "Flatten";

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => new(input.Count);
}
