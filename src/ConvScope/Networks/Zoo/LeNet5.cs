using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;

namespace ConvScope.Networks.Zoo;

/// <summary>
/// LeNet-5 as the seed of this project draws it: three convolutions (5×5 padded by 2 to 6 maps, 3×3 to 16, 5×5 to 120), 2×2 pooling after the
/// first two, two fully connected layers (84, classes), rectifiers between them. After LeCun et al., "Gradient-based learning applied to document
/// recognition", 1998, with rectifiers and max pooling in place of sigmoids and subsampling.
/// </summary>
public static class LeNet5
{
    /// <summary>Smallest height and width that leave something for the last convolution.</summary>
    public const int SmallestSide = 24;

    /// <summary>Describes the network for grey images of 28×28 (MNIST, Fashion-MNIST): 90,410 parameters with ten classes.</summary>
    /// <param name="classes">Number of classes, at least 2; 1 for a single output: binary classification, or regression through <see cref="NetworkSpec.For"/>.</param>
    public static NetworkSpec Create(int classes = 10) => Create(new Shape(1, 28, 28), classes);

    /// <summary>Describes the network for images of another size.</summary>
    /// <param name="input">Shape of one image, <c>[C, H, W]</c>; height and width at least <see cref="SmallestSide"/>.</param>
    /// <param name="classes">Number of classes, at least 2; 1 for a single output: binary classification, or regression through <see cref="NetworkSpec.For"/>.</param>
    /// <param name="normalization">How raw pixels become network input; null for MNIST's on one channel, else bytes to −1..1.</param>
    /// <exception cref="NetworkException">The image is too small, or <paramref name="classes"/> is below 1.</exception>
    public static NetworkSpec Create(Shape input, int classes, Normalization? normalization = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        ImageNet.CheckOutputs(classes);
        return new NetworkSpec("LeNet-5", input, normalization ?? (input.Channels == 1 ? Normalization.Mnist : Normalization.Centred(input.Channels)),
        [
            new Conv2dLayer("conv1", OutChannels: 6, Kernel: 5, Padding: 2),
            new ReluLayer("relu1"),
            new MaxPool2dLayer("pool1", Kernel: 2),
            new Conv2dLayer("conv2", OutChannels: 16, Kernel: 3),
            new ReluLayer("relu2"),
            new MaxPool2dLayer("pool2", Kernel: 2),
            new Conv2dLayer("conv3", OutChannels: 120, Kernel: 5),
            new ReluLayer("relu3"),
            new FlattenLayer("flatten"),
            new LinearLayer("fc1", Outputs: 84),
            new ReluLayer("relu4"),
            new LinearLayer("fc2", Outputs: classes),
        ]);
    }
}
