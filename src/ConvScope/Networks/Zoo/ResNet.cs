using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;

namespace ConvScope.Networks.Zoo;

/// <summary>
/// ResNet-18, -34, -50, -101 and -152, Wide ResNet and ResNeXt with torchvision's parameter names. After He et al., "Deep residual learning for image recognition", 2015; from 50 layers on the stride lies on the 3×3 convolutions (v1.5).
/// Wide ones after Zagoruyko and Komodakis, "Wide residual networks", 2016; grouped ones after Xie et al., "Aggregated residual transformations for deep neural networks", 2016.
/// </summary>
public static class ResNet
{
    private const int Smallest = 50; // layers from which on a block is a bottleneck
    private const int UsualWidth = 64; // channels of a bottleneck in the first stage

    private static readonly Dictionary<int, int[]> _blocks = new() { [18] = [2, 2, 2, 2], [34] = [3, 4, 6, 3], [50] = [3, 4, 6, 3], [101] = [3, 4, 23, 3], [152] = [3, 8, 36, 3] };

    /// <summary>Describes the network.</summary>
    /// <param name="depth">18, 34, 50, 101 or 152 layers with weights.</param>
    /// <param name="classes">Number of classes, at least 2; 1 for a single output: binary classification, or regression through <see cref="NetworkSpec.For"/>.</param>
    /// <param name="input">Shape of one image, <c>[C, H, W]</c>; null for ImageNet's 3×224×224.</param>
    /// <param name="normalization">How raw pixels become network input; null for ImageNet's on three channels, else bytes to −1..1.</param>
    /// <param name="groups">Groups of each 3×3 convolution, from 50 layers on; ResNeXt has 32.</param>
    /// <param name="groupWidth">Channels of such a group in the first stage, from 50 layers on: 128 for a Wide ResNet of factor 2, 4 or 8 for ResNeXt.</param>
    /// <exception cref="NetworkException">There is no such depth or width, or <paramref name="classes"/> is below 1.</exception>
    public static NetworkSpec Create(int depth = 18, int classes = 1000, Shape? input = null, Normalization? normalization = null, int groups = 1, int groupWidth = UsualWidth)
    {
        if (!_blocks.TryGetValue(depth, out var blocks))
            throw new NetworkException($"ResNet has {string.Join(", ", _blocks.Keys)} layers; it got {depth}.");
        if (groups < 1 || groupWidth < 1 || (depth < Smallest && (groups > 1 || groupWidth != UsualWidth)))
            throw new NetworkException($"ResNet-{depth} has 1 group of width {UsualWidth}{(depth < Smallest ? "" : ", or more than that")}; it got {groups} of width {groupWidth}.");
        return ImageNet.Describe(Name(depth, groups, groupWidth), classes, input, normalization, Layers(blocks, depth >= Smallest, groups, groupWidth, classes));
    }

    /// <summary>
    /// Describes the ResNet-18 of ML.NET's DnnImageFeaturizer, whose last stage has a third block. It takes raw pixels less a mean. The weights in its ONNX file expect blue, green, red; for images as they are read here,
    /// the channels of <c>conv1.weight</c> are turned (<c>ConvNetOptions.WeightsTakeBgr</c>).
    /// </summary>
    /// <param name="classes">Number of classes, at least 2; 1 for a single output. The ONNX file ends before the classifier.</param>
    /// <param name="input">Shape of one image, <c>[C, H, W]</c>; null for ImageNet's 3×224×224.</param>
    /// <exception cref="NetworkException"><paramref name="classes"/> is below 1.</exception>
    public static NetworkSpec CreateFeaturizer(int classes = 1000, Shape? input = null) => ImageNet.Describe(
        "ResNet-18 of DnnImageFeaturizer", classes, input, (input?.Channels ?? 3) == 3 ? new Normalization(1, [123.68, 116.78, 103.94], [1, 1, 1]) : null, Layers([2, 2, 2, 3], isBottleneck: false, 1, UsualWidth, classes));

    private static List<LayerSpec> Layers(int[] blocks, bool isBottleneck, int groups, int groupWidth, int classes)
    {
        List<LayerSpec> layers =
        [
            new Conv2dLayer("conv1", 64, Kernel: 7, Stride: 2, Padding: 3, Bias: false),
            new BatchNorm2dLayer("bn1"),
            new ReluLayer("relu"),
            new MaxPool2dLayer("maxpool", Kernel: 3, Stride: 2, Padding: 1),
        ];
        var expansion = isBottleneck ? 4 : 1;
        var channels = 64;
        for (var stage = 0; stage < blocks.Length; stage++)
        {
            var (width, outChannels) = ((groupWidth << stage) * groups, (64 << stage) * expansion);
            for (var block = 0; block < blocks[stage]; block++)
            {
                var stride = stage > 0 && block == 0 ? 2 : 1;
                AddBlock(layers, $"layer{stage + 1}.{block}", width, outChannels, stride, groups, isBottleneck, projects: stride > 1 || channels != outChannels);
                channels = outChannels;
            }
        }

        layers.AddRange([new AdaptiveAvgPool2dLayer("avgpool"), new FlattenLayer("flatten"), new LinearLayer("fc", classes)]);
        return layers;
    }

    private static string Name(int depth, int groups, int groupWidth) => (groups, groupWidth) switch
    {
        (1, UsualWidth) => $"ResNet-{depth}",
        (1, _) when groupWidth % UsualWidth == 0 => $"Wide ResNet-{depth}-{groupWidth / UsualWidth}",
        _ => $"ResNeXt-{depth} {groups}x{groupWidth}d",
    };

    private static void AddBlock(List<LayerSpec> layers, string block, int width, int channels, int stride, int groups, bool isBottleneck, bool projects)
    {
        var input = layers[^1].Name;
        string end; // the branch's last layer
        if (!isBottleneck)
        {
            layers.AddRange([new Conv2dLayer($"{block}.conv1", width, Kernel: 3, stride, Padding: 1, Bias: false), new BatchNorm2dLayer($"{block}.bn1"), new ReluLayer($"{block}.relu1")]);
            layers.AddRange([new Conv2dLayer($"{block}.conv2", width, Kernel: 3, Padding: 1, Bias: false), new BatchNorm2dLayer(end = $"{block}.bn2")]);
        }
        else
        {
            layers.AddRange([new Conv2dLayer($"{block}.conv1", width, Kernel: 1, Bias: false), new BatchNorm2dLayer($"{block}.bn1"), new ReluLayer($"{block}.relu1")]);
            layers.AddRange([new Conv2dLayer($"{block}.conv2", width, Kernel: 3, stride, Padding: 1, groups, Bias: false), new BatchNorm2dLayer($"{block}.bn2"), new ReluLayer($"{block}.relu2")]);
            layers.AddRange([new Conv2dLayer($"{block}.conv3", channels, Kernel: 1, Bias: false), new BatchNorm2dLayer(end = $"{block}.bn3")]);
        }

        if (projects)
            layers.AddRange([new Conv2dLayer($"{block}.downsample.0", channels, Kernel: 1, stride, Bias: false) { From = input }, new BatchNorm2dLayer($"{block}.downsample.1")]);
        layers.AddRange([new AddLayer($"{block}.add", [projects ? end : input]), new ReluLayer($"{block}.relu")]);
    }
}
