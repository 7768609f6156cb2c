namespace ConvScope.Records.Networks.Layers;

/// <summary>A layer that joins the outputs of several layers. Its first input is that of any layer, the others are named.</summary>
/// <param name="Name">Name of the layer.</param>
/// <param name="With">Names of the layers, all before this one, whose outputs follow the first input.</param>
public abstract record JoiningLayer(string Name, IReadOnlyList<string> With) : LayerSpec(Name)
{
    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => throw new NetworkException($"Layer '{Name}' joins several inputs; it got {input} alone.");

    /// <summary>The shape of what the layer makes of several inputs, the preceding one first.</summary>
    /// <exception cref="NetworkException">The shapes do not fit together; the message names the layer.</exception>
    public abstract Shape OutputShape(IReadOnlyList<Shape> inputs);
}
