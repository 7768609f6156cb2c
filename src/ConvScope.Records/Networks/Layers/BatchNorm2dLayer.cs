using System.Text.Json.Serialization;

namespace ConvScope.Records.Networks.Layers;

/// <summary>
/// Normalises each channel over the batch, then scales and shifts it by trained values; in evaluation mode by running statistics (momentum 0.1, ε 1e-5). After Ioffe and Szegedy, "Batch normalization", 2015.
/// </summary>
/// <param name="Name">Name of the layer.</param>
public sealed record BatchNorm2dLayer(string Name) : LayerSpec(Name)
{
    /// <inheritdoc />
    [JsonIgnore] // the attribute is not inherited
    public override string Kind => "BatchNorm2d";

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => Maps(input);

    /// <inheritdoc />
    public override IReadOnlyList<ParameterSpec> Parameters(Shape input)
    {
        var channels = new Shape(Maps(input).Channels);
        return [new("weight", channels, 1) { Constant = 1 }, new("bias", channels, 1) { Constant = 0 }];
    }
}
