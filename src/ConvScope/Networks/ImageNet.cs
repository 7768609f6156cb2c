namespace ConvScope.Networks;

/// <summary>What the networks that were made for ImageNet share.</summary>
internal static class ImageNet
{
    /// <summary>Describes a network for ImageNet's images where nothing else is asked for.</summary>
    public static NetworkSpec Describe(
        string name, int classes, Shape? input, Normalization? normalization, IReadOnlyList<LayerSpec> layers, Initialization initialization = Initialization.HeNormal)
    {
        if (classes < 2)
            throw new NetworkException($"A classifier needs at least 2 classes; it got {classes}.");
        var shape = input ?? new Shape(3, 224, 224);
        return new NetworkSpec(name, shape, normalization ?? (shape.Channels == 3 ? Normalization.ImageNet : Normalization.Centred(shape.Channels)), layers, initialization);
    }
}
