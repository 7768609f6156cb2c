using System.Text.Json.Serialization;

namespace ConvScope.Records.Networks.Layers;

/// <summary>The rectifier max(0, x), element by element, never in place.</summary>
/// <param name="Name">Name of the layer.</param>
public sealed record ReluLayer(string Name) : LayerSpec(Name)
{
    /// <inheritdoc />
    [JsonIgnore] // the attribute is not inherited
    public override string Kind => "ReLU";

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => input;
}
