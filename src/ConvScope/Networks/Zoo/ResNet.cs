using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;

namespace ConvScope.Networks.Zoo;

/// <summary>ResNet-18, -34 and -50 with torchvision's parameter names. After He et al., "Deep residual learning for image recognition", 2015; the 50's stride lies on its 3×3 convolutions (v1.5).</summary>
public static class ResNet
{
    private static readonly Dictionary<int, int[]> _blocks = new() { [18] = [2, 2, 2, 2], [34] = [3, 4, 6, 3], [50] = [3, 4, 6, 3] };

    /// <summary>Describes the network.</summary>
    /// <param name="depth">18, 34 or 50 layers with weights.</param>
    /// <param name="classes">Number of classes, at least 2; 1 for a single output: binary classification, or regression through <see cref="NetworkSpec.For"/>.</param>
    /// <param name="input">Shape of one image, <c>[C, H, W]</c>; null for ImageNet's 3×224×224.</param>
    /// <param name="normalization">How raw pixels become network input; null for ImageNet's on three channels, else bytes to −1..1.</param>
    /// <exception cref="NetworkException">There is no such depth, or <paramref name="classes"/> is below 1.</exception>
    public static NetworkSpec Create(int depth = 18, int classes = 1000, Shape? input = null, Normalization? normalization = null)
    {
        if (!_blocks.TryGetValue(depth, out var blocks))
            throw new NetworkException($"ResNet has {string.Join(", ", _blocks.Keys)} layers; it got {depth}.");
        List<LayerSpec> layers =
        [
            new Conv2dLayer("conv1", 64, Kernel: 7, Stride: 2, Padding: 3, Bias: false),
            new BatchNorm2dLayer("bn1"),
            new ReluLayer("relu"),
            new MaxPool2dLayer("maxpool", Kernel: 3, Stride: 2, Padding: 1),
        ];
        var expansion = depth == 50 ? 4 : 1;
        var channels = 64;
        for (var stage = 0; stage < blocks.Length; stage++)
        {
            var width = 64 << stage;
            for (var block = 0; block < blocks[stage]; block++)
            {
                var stride = stage > 0 && block == 0 ? 2 : 1;
                AddBlock(layers, $"layer{stage + 1}.{block}", width, width * expansion, stride, projects: stride > 1 || channels != width * expansion);
                channels = width * expansion;
            }
        }

        layers.AddRange([new AdaptiveAvgPool2dLayer("avgpool"), new FlattenLayer("flatten"), new LinearLayer("fc", classes)]);
        return ImageNet.Describe($"ResNet-{depth}", classes, input, normalization, layers);
    }

    private static void AddBlock(List<LayerSpec> layers, string block, int width, int channels, int stride, bool projects)
    {
        var input = layers[^1].Name;
        string end; // the branch's last layer
        if (channels == width)
        {
            layers.AddRange([new Conv2dLayer($"{block}.conv1", width, Kernel: 3, stride, Padding: 1, Bias: false), new BatchNorm2dLayer($"{block}.bn1"), new ReluLayer($"{block}.relu1")]);
            layers.AddRange([new Conv2dLayer($"{block}.conv2", width, Kernel: 3, Padding: 1, Bias: false), new BatchNorm2dLayer(end = $"{block}.bn2")]);
        }
        else
        {
            layers.AddRange([new Conv2dLayer($"{block}.conv1", width, Kernel: 1, Bias: false), new BatchNorm2dLayer($"{block}.bn1"), new ReluLayer($"{block}.relu1")]);
            layers.AddRange([new Conv2dLayer($"{block}.conv2", width, Kernel: 3, stride, Padding: 1, Bias: false), new BatchNorm2dLayer($"{block}.bn2"), new ReluLayer($"{block}.relu2")]);
            layers.AddRange([new Conv2dLayer($"{block}.conv3", channels, Kernel: 1, Bias: false), new BatchNorm2dLayer(end = $"{block}.bn3")]);
        }

        if (projects)
            layers.AddRange([new Conv2dLayer($"{block}.downsample.0", channels, Kernel: 1, stride, Bias: false) { From = input }, new BatchNorm2dLayer($"{block}.downsample.1")]);
        layers.AddRange([new AddLayer($"{block}.add", [projects ? end : input]), new ReluLayer($"{block}.relu")]);
    }
}
