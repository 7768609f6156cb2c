namespace ConvScope.Attribution;

/// <summary>Which class an attribution explains.</summary>
public readonly record struct AttributionTarget
{
    private readonly int _class; // one more than the index: 0, the default, is the predicted class

    private AttributionTarget(int index) => _class = index + 1;

    /// <summary>The class with the largest logit, image by image; the default.</summary>
    public static AttributionTarget Predicted => default;

    /// <summary>Index of the class, from 0; null for the predicted one.</summary>
    public int? Index => _class == 0 ? null : _class - 1;

    /// <summary>One class for all images.</summary>
    /// <param name="index">Its index, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative.</exception>
    public static AttributionTarget Class(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return new AttributionTarget(index);
    }
}
