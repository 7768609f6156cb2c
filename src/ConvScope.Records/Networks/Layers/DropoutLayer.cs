using System.Text.Json.Serialization;

namespace ConvScope.Records.Networks.Layers;

/// <summary>Sets elements to zero at random while the network trains, and scales the rest by 1/(1 − P); in evaluation mode it changes nothing. After Srivastava et al., 2014.</summary>
/// <param name="Name">Name of the layer.</param>
/// <param name="P">Probability of a zero, 0 to below 1.</param>
public sealed record DropoutLayer(string Name, double P = 0.5) : LayerSpec(Name)
{
    /// <inheritdoc />
    [JsonIgnore] // the attribute is not inherited
    public override string Kind => "Dropout";

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => P is >= 0 and < 1 ? input : throw new NetworkException($"Layer '{Name}' needs a probability from 0 to below 1; it got {P}.");
}
