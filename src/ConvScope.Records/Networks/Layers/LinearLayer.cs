using System.Text.Json.Serialization;

namespace ConvScope.Records.Networks.Layers;

/// <summary>A fully connected layer with a bias; the number of inputs follows from what comes before.</summary>
/// <param name="Name">Name of the layer.</param>
/// <param name="Outputs">Number of outputs, at least 1.</param>
public sealed record LinearLayer(string Name, int Outputs) : LayerSpec(Name)
{
    /// <inheritdoc />
    [JsonIgnore] // the attribute is not inherited
    public override string Kind => "Linear";

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        Features(input);
        return new Shape(AtLeast(1, Outputs, "outputs"));
    }

    /// <inheritdoc />
    public override IReadOnlyList<ParameterSpec> Parameters(Shape input)
    {
        var features = Features(input);
        return [new("weight", Sized(Outputs, features), features), new("bias", new Shape(Outputs), features)];
    }

    /// <inheritdoc />
    public override long MultiplyAdds(Shape input) => (long)Outputs * Features(input);

    private int Features(Shape input) => input.Axes.Length == 1
        ? input.Count
        : throw new NetworkException($"Layer '{Name}' expects flat features; it got {input}. Put a FlattenLayer before it.");
}
