using System.Text.Json.Serialization;

namespace ConvScope.Records.Networks.Layers;

/// <summary>The rectifier that stops at six, min(max(0, x), 6), element by element, never in place.</summary>
/// <param name="Name">Name of the layer.</param>
public sealed record Relu6Layer(string Name) : LayerSpec(Name)
{
    /// <inheritdoc />
    [JsonIgnore] // the attribute is not inherited
    public override string Kind => "ReLU6";

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => input;
}
