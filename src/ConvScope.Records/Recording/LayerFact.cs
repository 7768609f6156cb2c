namespace ConvScope.Records.Recording;

/// <summary>A layer as it was called.</summary>
/// <param name="Name">Path of the layer in the network.</param>
/// <param name="Kind">Name of its type, such as <c>Conv2d</c>; <c>Input</c> for what the first layer gets.</param>
/// <param name="IsDirect">Whether it got the very output of the layer before it, with nothing in between.</param>
public sealed record LayerFact(string Name, string Kind, bool IsDirect);
