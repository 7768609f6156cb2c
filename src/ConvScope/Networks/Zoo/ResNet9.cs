using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;

namespace ConvScope.Networks.Zoo;

/// <summary>
/// ResNet-9 for small colour images such as CIFAR's: eight 3×3 convolutions with batch normalisation, two of its three stages with a residual branch, and one fully connected layer. After the network that won
/// Stanford's DAWNBench on CIFAR-10: Page, "How to train your ResNet", 2018, without the factor on its outputs, and with pooling before the normalisation, which then has a quarter to do.
/// </summary>
public static class ResNet9
{
    private const int SmallestSide = 16;

    /// <summary>Describes the network: 6,573,130 parameters with ten classes and the default width.</summary>
    /// <param name="classes">Number of classes, at least 2; 1 for a single output: binary classification, or regression through <see cref="NetworkSpec.For"/>.</param>
    /// <param name="input">Shape of one image, <c>[C, H, W]</c>, sides at least 16; null for CIFAR's 3×32×32.</param>
    /// <param name="normalization">How raw pixels become network input; null for CIFAR-10's on three channels, else bytes to −1..1.</param>
    /// <param name="width">Channels of the first convolution, at least 1; the stages have two, four and eight times as many. Default 64.</param>
    /// <exception cref="NetworkException">The image is too small, or <paramref name="classes"/> is below 1.</exception>
    public static NetworkSpec Create(int classes = 10, Shape? input = null, Normalization? normalization = null, int width = 64)
    {
        var shape = input ?? new Shape(3, 32, 32);
        ImageNet.CheckOutputs(classes);
        if (shape.IsMaps && Math.Min(shape.Height, shape.Width) < SmallestSide)
            throw new NetworkException($"ResNet-9 takes images whose sides are at least {SmallestSide}; it got {shape}.");
        var layers = new List<LayerSpec>();
        AddConvolution(layers, "prep", width);
        AddStage(layers, "layer1", 2 * width, isResidual: true);
        AddStage(layers, "layer2", 4 * width, isResidual: false);
        AddStage(layers, "layer3", 8 * width, isResidual: true);
        layers.AddRange([new MaxPool2dLayer("maxpool", Math.Min(shape.Height, shape.Width) / 8), new FlattenLayer("flatten"), new LinearLayer("fc", classes)]);
        return new NetworkSpec("ResNet-9", shape, normalization ?? (shape.Channels == 3 ? Normalization.Cifar10 : Normalization.Centred(shape.Channels)), layers);
    }

    private static void AddStage(List<LayerSpec> layers, string stage, int channels, bool isResidual)
    {
        layers.AddRange([new Conv2dLayer($"{stage}.conv", channels, Kernel: 3, Padding: 1, Bias: false), new MaxPool2dLayer($"{stage}.pool", Kernel: 2), new BatchNorm2dLayer($"{stage}.bn"), new ReluLayer($"{stage}.relu")]);
        if (!isResidual)
            return;
        AddConvolution(layers, $"{stage}.branch1", channels);
        AddConvolution(layers, $"{stage}.branch2", channels);
        layers.Add(new AddLayer($"{stage}.add", [$"{stage}.relu"]));
    }

    private static void AddConvolution(List<LayerSpec> layers, string name, int channels) =>
        layers.AddRange([new Conv2dLayer($"{name}.conv", channels, Kernel: 3, Padding: 1, Bias: false), new BatchNorm2dLayer($"{name}.bn"), new ReluLayer($"{name}.relu")]);
}
