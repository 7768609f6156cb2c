using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;

namespace ConvScope.Networks.Zoo;

/// <summary>VGG-11, -13, -16 and -19 with torchvision's parameter names. After Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", 2014, configurations A, B, D and E.</summary>
public static class Vgg
{
    // Convolutions between two poolings, five stages.
    private static readonly Dictionary<int, int[]> _stages = new() { [11] = [1, 1, 2, 2, 2], [13] = [2, 2, 2, 2, 2], [16] = [2, 2, 3, 3, 3], [19] = [2, 2, 4, 4, 4] };
    private static readonly int[] _channels = [64, 128, 256, 512, 512];

    /// <summary>Describes the network.</summary>
    /// <param name="depth">11, 13, 16 or 19 layers with weights.</param>
    /// <param name="batchNorm">Whether each convolution is followed by a batch normalisation.</param>
    /// <param name="classes">Number of classes, at least 2; 1 for a single output: binary classification, or regression through <see cref="NetworkSpec.For"/>.</param>
    /// <param name="input">Shape of one image, <c>[C, H, W]</c>, sides at least 32; null for ImageNet's 3×224×224.</param>
    /// <param name="normalization">How raw pixels become network input; null for ImageNet's on three channels, else bytes to −1..1.</param>
    /// <exception cref="NetworkException">There is no such depth, the image is too small, or <paramref name="classes"/> is below 1.</exception>
    public static NetworkSpec Create(int depth = 16, bool batchNorm = false, int classes = 1000, Shape? input = null, Normalization? normalization = null)
    {
        if (!_stages.TryGetValue(depth, out var stages))
            throw new NetworkException($"VGG has {string.Join(", ", _stages.Keys)} layers; it got {depth}.");
        var layers = new List<LayerSpec>();
        string Next() => $"features.{layers.Count}";
        for (var stage = 0; stage < stages.Length; stage++)
        {
            for (var i = 0; i < stages[stage]; i++)
            {
                layers.Add(new Conv2dLayer(Next(), _channels[stage], Kernel: 3, Padding: 1));
                if (batchNorm)
                    layers.Add(new BatchNorm2dLayer(Next()));
                layers.Add(new ReluLayer(Next()));
            }

            layers.Add(new MaxPool2dLayer(Next(), Kernel: 2));
        }

        layers.AddRange([new AdaptiveAvgPool2dLayer("avgpool", 7), new FlattenLayer("flatten")]);
        layers.AddRange([new LinearLayer("classifier.0", 4096), new ReluLayer("classifier.1"), new DropoutLayer("classifier.2")]);
        layers.AddRange([new LinearLayer("classifier.3", 4096), new ReluLayer("classifier.4"), new DropoutLayer("classifier.5"), new LinearLayer("classifier.6", classes)]);
        return ImageNet.Describe($"VGG-{depth}{(batchNorm ? " with batch norm" : "")}", classes, input, normalization, layers);
    }
}
