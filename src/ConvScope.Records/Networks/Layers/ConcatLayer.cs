using System.Text.Json.Serialization;

namespace ConvScope.Records.Networks.Layers;

/// <summary>The channels of several outputs one after another.</summary>
/// <param name="Name">Name of the layer.</param>
/// <param name="With">Names of the layers whose channels follow those of the input, in this order.</param>
public sealed record ConcatLayer(string Name, IReadOnlyList<string> With) : JoiningLayer(Name, With)
{
    /// <inheritdoc />
    [JsonIgnore] // the attribute is not inherited
    public override string Kind => "Concat";

    /// <inheritdoc />
    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var first = Maps(inputs[0]);
        return inputs.All(input => input.IsMaps && input.Height == first.Height && input.Width == first.Width)
            ? Sized(inputs.Sum(input => input.Channels), first.Height, first.Width)
            : throw new NetworkException($"Layer '{Name}' joins maps of one height and width; it got {string.Join(", ", inputs)}.");
    }
}
