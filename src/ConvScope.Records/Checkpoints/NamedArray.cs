namespace ConvScope.Records.Checkpoints;

/// <summary>
/// A named array of 32-bit floats in host memory, row-major: a parameter, a gradient or an activation after it has left the
/// measuring side. It owns its values and knows nothing of libtorch.
/// </summary>
/// <param name="Name">Name of the tensor, such as <c>conv1.weight</c>.</param>
/// <param name="Shape">Length of each axis, outermost first; empty for a scalar.</param>
/// <param name="Values">The elements, last axis fastest; as many as the product of <paramref name="Shape"/>.</param>
public sealed record NamedArray(string Name, IReadOnlyList<long> Shape, float[] Values)
{
    /// <summary>The shape as people write it: <c>6x1x5x5</c>; <c>scalar</c> for no axes.</summary>
    public string ShapeText => Shape.Count == 0 ? "scalar" : string.Join('x', Shape);
}
