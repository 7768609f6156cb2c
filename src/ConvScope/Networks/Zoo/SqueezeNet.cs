using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;

namespace ConvScope.Networks.Zoo;

/// <summary>SqueezeNet 1.1 with torchvision's parameter names. After Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters", 2016.</summary>
public static class SqueezeNet
{
    /// <summary>Describes the network.</summary>
    /// <param name="classes">Number of classes, at least 2; 1 for a single output: binary classification, or regression through <see cref="NetworkSpec.For"/>.</param>
    /// <param name="input">Shape of one image, <c>[C, H, W]</c>, sides at least 17; null for ImageNet's 3×224×224.</param>
    /// <param name="normalization">How raw pixels become network input; null for ImageNet's on three channels, else bytes to −1..1.</param>
    /// <exception cref="NetworkException">The image is too small, or <paramref name="classes"/> is below 1.</exception>
    public static NetworkSpec Create(int classes = 1000, Shape? input = null, Normalization? normalization = null) => ImageNet.Describe("SqueezeNet 1.1", classes, input, normalization,
    [
        new Conv2dLayer("features.0", 64, Kernel: 3, Stride: 2),
        new ReluLayer("features.1"),
        Pool(2),
        .. Fire(3, squeeze: 16, expand: 64),
        .. Fire(4, squeeze: 16, expand: 64),
        Pool(5),
        .. Fire(6, squeeze: 32, expand: 128),
        .. Fire(7, squeeze: 32, expand: 128),
        Pool(8),
        .. Fire(9, squeeze: 48, expand: 192),
        .. Fire(10, squeeze: 48, expand: 192),
        .. Fire(11, squeeze: 64, expand: 256),
        .. Fire(12, squeeze: 64, expand: 256),
        new DropoutLayer("classifier.0"),
        new Conv2dLayer("classifier.1", classes, Kernel: 1),
        .. classes > 1 ? new LayerSpec[] { new ReluLayer("classifier.2") } : [], // a single output must be able to fall below 0
        new AdaptiveAvgPool2dLayer("classifier.3"),
        new FlattenLayer("flatten"),
    ]);

    private static MaxPool2dLayer Pool(int index) => new($"features.{index}", Kernel: 3, Stride: 2, CeilMode: true);

    private static LayerSpec[] Fire(int index, int squeeze, int expand)
    {
        var name = $"features.{index}";
        return
        [
            new Conv2dLayer($"{name}.squeeze", squeeze, Kernel: 1),
            new ReluLayer($"{name}.squeeze_activation"),
            new Conv2dLayer($"{name}.expand1x1", expand, Kernel: 1),
            new ReluLayer($"{name}.expand1x1_activation"),
            new Conv2dLayer($"{name}.expand3x3", expand, Kernel: 3, Padding: 1) { From = $"{name}.squeeze_activation" },
            new ReluLayer($"{name}.expand3x3_activation"),
            new ConcatLayer($"{name}.concat", [$"{name}.expand3x3_activation"]) { From = $"{name}.expand1x1_activation" },
        ];
    }
}
