using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;

namespace ConvScope.Networks.Zoo;

/// <summary>DenseNet-121 with torchvision's parameter names. After Huang et al., "Densely connected convolutional networks", 2016, table 1 with growth rate 32.</summary>
public static class DenseNet
{
    private const int Growth = 32;
    private static readonly int[] _blocks = [6, 12, 24, 16];

    /// <summary>Describes the network.</summary>
    /// <param name="classes">Number of classes, at least 2; 1 for a single output: binary classification, or regression through <see cref="NetworkSpec.For"/>.</param>
    /// <param name="input">Shape of one image, <c>[C, H, W]</c>, sides at least 29; null for ImageNet's 3×224×224.</param>
    /// <param name="normalization">How raw pixels become network input; null for ImageNet's on three channels, else bytes to −1..1.</param>
    /// <exception cref="NetworkException">The image is too small, or <paramref name="classes"/> is below 1.</exception>
    public static NetworkSpec Create(int classes = 1000, Shape? input = null, Normalization? normalization = null)
    {
        List<LayerSpec> layers =
        [
            new Conv2dLayer("features.conv0", 64, Kernel: 7, Stride: 2, Padding: 3, Bias: false),
            new BatchNorm2dLayer("features.norm0"),
            new ReluLayer("features.relu0"),
            new MaxPool2dLayer("features.pool0", Kernel: 3, Stride: 2, Padding: 1),
        ];
        var channels = 64;
        for (var block = 1; block <= _blocks.Length; block++)
        {
            AddBlock(layers, $"features.denseblock{block}", _blocks[block - 1]);
            channels += _blocks[block - 1] * Growth;
            if (block == _blocks.Length)
                break;
            channels /= 2;
            var name = $"features.transition{block}";
            layers.AddRange([new BatchNorm2dLayer($"{name}.norm"), new ReluLayer($"{name}.relu"), new Conv2dLayer($"{name}.conv", channels, Kernel: 1, Bias: false), new AvgPool2dLayer($"{name}.pool", Kernel: 2)]);
        }

        layers.AddRange([new BatchNorm2dLayer("features.norm5"), new ReluLayer("relu"), new AdaptiveAvgPool2dLayer("avgpool"), new FlattenLayer("flatten"), new LinearLayer("classifier", classes)]);
        return ImageNet.Describe("DenseNet-121", classes, input, normalization, layers);
    }

    /// <summary>Each layer takes the channels of the block's input and of all layers before it.</summary>
    private static void AddBlock(List<LayerSpec> layers, string block, int count)
    {
        var input = layers[^1].Name;
        var made = new List<string>();
        for (var i = 1; i <= count; i++)
        {
            var name = $"{block}.denselayer{i}";
            layers.AddRange([new BatchNorm2dLayer($"{name}.norm1"), new ReluLayer($"{name}.relu1"), new Conv2dLayer($"{name}.conv1", 4 * Growth, Kernel: 1, Bias: false)]);
            layers.AddRange([new BatchNorm2dLayer($"{name}.norm2"), new ReluLayer($"{name}.relu2"), new Conv2dLayer($"{name}.conv2", Growth, Kernel: 3, Padding: 1, Bias: false)]);
            made.Add($"{name}.conv2");
            layers.Add(new ConcatLayer($"{name}.concat", [.. made]) { From = input });
        }
    }
}
