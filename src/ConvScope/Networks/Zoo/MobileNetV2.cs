using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;

namespace ConvScope.Networks.Zoo;

/// <summary>MobileNet v2 of width 1 with torchvision's parameter names. After Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018, table 2.</summary>
public static class MobileNetV2
{
    // Expansion, output channels, repeats, stride of the first.
    private static readonly (int Expansion, int Channels, int Repeats, int Stride)[] _stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    /// <summary>Describes the network.</summary>
    /// <param name="classes">Number of classes, at least 2; 1 for a single output: binary classification, or regression through <see cref="NetworkSpec.For"/>.</param>
    /// <param name="input">Shape of one image, <c>[C, H, W]</c>; null for ImageNet's 3×224×224.</param>
    /// <param name="normalization">How raw pixels become network input; null for ImageNet's on three channels, else bytes to −1..1.</param>
    /// <exception cref="NetworkException"><paramref name="classes"/> is below 1.</exception>
    public static NetworkSpec Create(int classes = 1000, Shape? input = null, Normalization? normalization = null)
    {
        List<LayerSpec> layers = [.. Convolve("features.0", 32, kernel: 3, stride: 2)];
        var (index, channels) = (1, 32);
        foreach (var stage in _stages)
        {
            for (var repeat = 0; repeat < stage.Repeats; repeat++)
            {
                AddBlock(layers, $"features.{index++}.conv", channels, stage.Channels, stage.Expansion, repeat == 0 ? stage.Stride : 1);
                channels = stage.Channels;
            }
        }

        layers.AddRange(Convolve($"features.{index}", 1280, kernel: 1));
        layers.AddRange([new AdaptiveAvgPool2dLayer("avgpool"), new FlattenLayer("flatten"), new DropoutLayer("classifier.0", 0.2), new LinearLayer("classifier.1", classes)]);
        return ImageNet.Describe("MobileNet v2", classes, input, normalization, layers);
    }

    private static void AddBlock(List<LayerSpec> layers, string block, int channels, int outChannels, int expansion, int stride)
    {
        var input = layers[^1].Name;
        var next = 0;
        if (expansion > 1)
            layers.AddRange(Convolve($"{block}.{next++}", channels * expansion, kernel: 1));
        layers.AddRange(Convolve($"{block}.{next++}", channels * expansion, kernel: 3, stride, groups: channels * expansion));
        layers.AddRange([new Conv2dLayer($"{block}.{next++}", outChannels, Kernel: 1, Bias: false), new BatchNorm2dLayer($"{block}.{next}")]);
        if (stride == 1 && channels == outChannels)
            layers.Add(new AddLayer($"{block}.add", [input]));
    }

    private static LayerSpec[] Convolve(string name, int channels, int kernel, int stride = 1, int groups = 1) =>
    [
        new Conv2dLayer($"{name}.0", channels, kernel, stride, Padding: kernel / 2, groups, Bias: false),
        new BatchNorm2dLayer($"{name}.1"),
        new Relu6Layer($"{name}.2"),
    ];
}
