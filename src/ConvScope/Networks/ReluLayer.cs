using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace ConvScope.Networks;

/// <summary>The rectifier max(0, x), element by element, never in place.</summary>
/// <param name="Name">Name of the layer.</param>
public sealed record ReluLayer(string Name) : LayerSpec(Name)
{
    /// <inheritdoc />
    [JsonIgnore] // the attribute is not inherited
    public override string Kind => "ReLU";

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => input;

    internal override nn.Module<Tensor, Tensor> CreateModule(Shape input) => nn.ReLU(inplace: false);
}
