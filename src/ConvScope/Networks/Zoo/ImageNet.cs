using ConvScope.Records.Networks;

namespace ConvScope.Networks.Zoo;

/// <summary>What the networks that were made for ImageNet share.</summary>
internal static class ImageNet
{
    /// <summary>Describes a network for ImageNet's images where nothing else is asked for.</summary>
    public static NetworkSpec Describe(
        string name, int classes, Shape? input, Normalization? normalization, IReadOnlyList<LayerSpec> layers, Initialization initialization = Initialization.HeNormal)
    {
        CheckOutputs(classes);
        var shape = input ?? new Shape(3, 224, 224);
        return new NetworkSpec(name, shape, normalization ?? (shape.Channels == 3 ? Normalization.ImageNet : Normalization.Centred(shape.Channels)), layers, initialization);
    }

    /// <summary>Checks the number of classes that a network of the zoo is asked for.</summary>
    /// <exception cref="NetworkException">There is none.</exception>
    public static void CheckOutputs(int classes)
    {
        if (classes < 1)
            throw new NetworkException($"A network has at least 2 classes, or a single output for binary classification or regression; it got {classes}.");
    }
}
