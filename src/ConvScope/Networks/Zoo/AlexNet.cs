using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;

namespace ConvScope.Networks.Zoo;

/// <summary>AlexNet with torchvision's parameter names. After Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014.</summary>
public static class AlexNet
{
    /// <summary>Describes the network.</summary>
    /// <param name="classes">Number of classes, at least 2; 1 for a single output: binary classification, or regression through <see cref="NetworkSpec.For"/>.</param>
    /// <param name="input">Shape of one image, <c>[C, H, W]</c>, sides at least 63; null for ImageNet's 3×224×224.</param>
    /// <param name="normalization">How raw pixels become network input; null for ImageNet's on three channels, else bytes to −1..1.</param>
    /// <exception cref="NetworkException">The image is too small, or <paramref name="classes"/> is below 1.</exception>
    public static NetworkSpec Create(int classes = 1000, Shape? input = null, Normalization? normalization = null) => ImageNet.Describe("AlexNet", classes, input, normalization,
    [
        new Conv2dLayer("features.0", 64, Kernel: 11, Stride: 4, Padding: 2),
        new ReluLayer("features.1"),
        new MaxPool2dLayer("features.2", Kernel: 3, Stride: 2),
        new Conv2dLayer("features.3", 192, Kernel: 5, Padding: 2),
        new ReluLayer("features.4"),
        new MaxPool2dLayer("features.5", Kernel: 3, Stride: 2),
        new Conv2dLayer("features.6", 384, Kernel: 3, Padding: 1),
        new ReluLayer("features.7"),
        new Conv2dLayer("features.8", 256, Kernel: 3, Padding: 1),
        new ReluLayer("features.9"),
        new Conv2dLayer("features.10", 256, Kernel: 3, Padding: 1),
        new ReluLayer("features.11"),
        new MaxPool2dLayer("features.12", Kernel: 3, Stride: 2),
        new AdaptiveAvgPool2dLayer("avgpool", 6),
        new FlattenLayer("flatten"),
        new DropoutLayer("classifier.0"),
        new LinearLayer("classifier.1", 4096),
        new ReluLayer("classifier.2"),
        new DropoutLayer("classifier.3"),
        new LinearLayer("classifier.4", 4096),
        new ReluLayer("classifier.5"),
        new LinearLayer("classifier.6", classes),
    ], Initialization.Uniform);
}
