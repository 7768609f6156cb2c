using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;

namespace ConvScope.Networks.Zoo;

/// <summary>
/// A small network with batch normalisation for small images such as MNIST's: three stages of 3×3 convolutions with twice the channels each, pooled to half the size before the last normalisation of a stage, and one
/// fully connected layer. In the style of VGG; Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", 2014.
/// </summary>
public static class SmallNet
{
    private const int SmallestSide = 8;

    /// <summary>Describes the network: 29,178 parameters for MNIST with ten classes and the default width and depth.</summary>
    /// <param name="classes">Number of classes, at least 2; 1 for a single output: binary classification, or regression through <see cref="NetworkSpec.For"/>.</param>
    /// <param name="input">Shape of one image, <c>[C, H, W]</c>, sides at least 8; null for MNIST's 1×28×28.</param>
    /// <param name="normalization">How raw pixels become network input; null for MNIST's on one channel, else bytes to −1..1.</param>
    /// <param name="width">Channels of the first stage, at least 1. Default 16.</param>
    /// <param name="depth">Convolutions of each stage, at least 1. Default 1.</param>
    /// <exception cref="NetworkException">The image is too small, width or depth is below 1, or <paramref name="classes"/> is below 1.</exception>
    public static NetworkSpec Create(int classes = 10, Shape? input = null, Normalization? normalization = null, int width = 16, int depth = 1)
    {
        var shape = input ?? new Shape(1, 28, 28);
        ImageNet.CheckOutputs(classes);
        if (width < 1 || depth < 1)
            throw new NetworkException($"SmallNet needs a width and a depth of at least 1; it got {width} and {depth}.");
        if (shape.IsMaps && Math.Min(shape.Height, shape.Width) < SmallestSide)
            throw new NetworkException($"SmallNet takes images whose sides are at least {SmallestSide}; it got {shape}.");
        var layers = new List<LayerSpec>();
        for (var stage = 1; stage <= 3; stage++)
        {
            for (var index = 1; index <= depth; index++)
            {
                var name = $"stage{stage}.{index}";
                layers.Add(new Conv2dLayer($"{name}.conv", width << (stage - 1), Kernel: 3, Padding: 1, Bias: false));
                if (index == depth)
                    layers.Add(new MaxPool2dLayer($"{name}.pool", Kernel: 2));
                layers.AddRange([new BatchNorm2dLayer($"{name}.bn"), new ReluLayer($"{name}.relu")]);
            }
        }

        layers.AddRange([new FlattenLayer("flatten"), new LinearLayer("fc", classes)]);
        return new NetworkSpec("SmallNet", shape, normalization ?? (shape.Channels == 1 ? Normalization.Mnist : Normalization.Centred(shape.Channels)), layers);
    }
}
