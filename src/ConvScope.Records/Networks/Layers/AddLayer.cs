using System.Text.Json.Serialization;

namespace ConvScope.Records.Networks.Layers;

/// <summary>The sum of outputs of the same shape, element by element: the end of a residual block.</summary>
/// <param name="Name">Name of the layer.</param>
/// <param name="With">Names of the layers whose outputs are added to the input.</param>
public sealed record AddLayer(string Name, IReadOnlyList<string> With) : JoiningLayer(Name, With)
{
    /// <inheritdoc />
    [JsonIgnore] // the attribute is not inherited
    public override string Kind => "Add";

    /// <inheritdoc />
    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return inputs.All(inputs[0].Equals) ? inputs[0] : throw new NetworkException($"Layer '{Name}' adds outputs of one shape; it got {string.Join(", ", inputs)}.");
    }
}
