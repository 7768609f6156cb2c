using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace ConvScope.Records.Networks;

/// <summary>
/// The shape of one image or one layer's output without the batch axis: <c>[C, H, W]</c> for maps, <c>[F]</c> for flat features.
/// Two shapes are equal when their axes are.
/// </summary>
[JsonConverter(typeof(ShapeJsonConverter))]
public sealed class Shape : IEquatable<Shape>
{
    /// <summary>Makes a shape from the length of each axis, outermost first.</summary>
    /// <exception cref="ArgumentException">There is no axis, an axis is not positive, or the product exceeds <see cref="int.MaxValue"/>.</exception>
    public Shape(params ReadOnlySpan<int> axes)
    {
        var product = 1L;
        foreach (var length in axes)
        {
            product = length > 0 ? product * length : 0;
            if (product is < 1 or > int.MaxValue)
                throw new ArgumentException($"A shape needs positive axes with a product of at most {int.MaxValue}; it got [{string.Join(", ", axes.ToArray())}].", nameof(axes));
        }

        if (axes.IsEmpty)
            throw new ArgumentException("A shape needs at least one axis.", nameof(axes));
        Axes = [.. axes];
        Count = (int)product;
    }

    /// <summary>Length of each axis, outermost first.</summary>
    public ImmutableArray<int> Axes { get; }

    /// <summary>Number of elements: the product of the axes.</summary>
    public int Count { get; }

    /// <summary>Whether this is a stack of maps, <c>[C, H, W]</c>.</summary>
    public bool IsMaps => Axes.Length == 3;

    /// <summary>Channels <c>C</c> of a stack of maps, or the length of flat features.</summary>
    public int Channels => Axes[0];

    /// <summary>Rows <c>H</c> of a stack of maps; 1 for flat features.</summary>
    public int Height => IsMaps ? Axes[1] : 1;

    /// <summary>Columns <c>W</c> of a stack of maps; 1 for flat features.</summary>
    public int Width => IsMaps ? Axes[2] : 1;

    /// <inheritdoc />
    public bool Equals(Shape? other) => other is not null && Axes.SequenceEqual(other.Axes);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc />
    public override int GetHashCode() => Axes.Aggregate(17, HashCode.Combine);

    /// <summary>The axes as people write them: <c>6x28x28</c>.</summary>
    public override string ToString() => string.Join('x', Axes);
}
