using ConvScope.Records.Networks;

namespace ConvScope.Networks.Zoo;

/// <summary>The networks that can be had by name.</summary>
public static class NetworkZoo
{
    private static readonly Dictionary<string, Func<int, Shape?, NetworkSpec>> _networks = new(StringComparer.OrdinalIgnoreCase)
    {
        ["lenet5"] = (classes, input) => LeNet5.Create(input ?? new Shape(1, 28, 28), classes),
        ["alexnet"] = (classes, input) => AlexNet.Create(classes, input),
        ["vgg11"] = (classes, input) => Vgg.Create(11, false, classes, input),
        ["vgg11_bn"] = (classes, input) => Vgg.Create(11, true, classes, input),
        ["vgg13"] = (classes, input) => Vgg.Create(13, false, classes, input),
        ["vgg13_bn"] = (classes, input) => Vgg.Create(13, true, classes, input),
        ["vgg16"] = (classes, input) => Vgg.Create(16, false, classes, input),
        ["vgg16_bn"] = (classes, input) => Vgg.Create(16, true, classes, input),
        ["vgg19"] = (classes, input) => Vgg.Create(19, false, classes, input),
        ["vgg19_bn"] = (classes, input) => Vgg.Create(19, true, classes, input),
        ["smallnet"] = (classes, input) => SmallNet.Create(classes, input),
        ["resnet9"] = (classes, input) => ResNet9.Create(classes, input),
        ["resnet18"] = (classes, input) => ResNet.Create(18, classes, input),
        ["resnet34"] = (classes, input) => ResNet.Create(34, classes, input),
        ["resnet50"] = (classes, input) => ResNet.Create(50, classes, input),
        ["resnet101"] = (classes, input) => ResNet.Create(101, classes, input),
        ["resnet152"] = (classes, input) => ResNet.Create(152, classes, input),
        ["wide_resnet50_2"] = (classes, input) => ResNet.Create(50, classes, input, groupWidth: 128),
        ["wide_resnet101_2"] = (classes, input) => ResNet.Create(101, classes, input, groupWidth: 128),
        ["resnext50_32x4d"] = (classes, input) => ResNet.Create(50, classes, input, groups: 32, groupWidth: 4),
        ["resnext101_32x8d"] = (classes, input) => ResNet.Create(101, classes, input, groups: 32, groupWidth: 8),
        ["resnet18_featurizer"] = (classes, input) => ResNet.CreateFeaturizer(classes, input),
        ["squeezenet1_1"] = (classes, input) => SqueezeNet.Create(classes, input),
        ["mobilenet_v2"] = (classes, input) => MobileNetV2.Create(classes, input),
        ["densenet121"] = (classes, input) => DenseNet.Create(classes, input),
    };

    /// <summary>The names, torchvision's where it has the network.</summary>
    public static IReadOnlyCollection<string> Names => _networks.Keys;

    /// <summary>Describes a network by its name.</summary>
    /// <param name="name">One of <see cref="Names"/>; case does not matter.</param>
    /// <param name="classes">Number of classes, at least 2; 1 for a single output: binary classification, or regression through <see cref="NetworkSpec.For"/>.</param>
    /// <param name="input">Shape of one image; null for the size that the network was made for.</param>
    /// <exception cref="NetworkException">There is no such network; the message lists those that there are.</exception>
    public static NetworkSpec Create(string name, int classes, Shape? input = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _networks.TryGetValue(name, out var create)
            ? create(classes, input)
            : throw new NetworkException($"There is no network '{name}'; there are {string.Join(", ", Names)}.");
    }
}
