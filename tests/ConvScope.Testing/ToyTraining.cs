using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Training.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope;

/// <summary>A small network and images drawn by code, for trainings that take a moment.</summary>
public static class ToyTraining
{
    /// <summary>A convolution, ReLU, pooling and two fully connected layers for 8×8 images and three classes.</summary>
    public static NetworkSpec Network { get; } = new("toy", new Shape(1, 8, 8), Normalization.Centred(1),
        [new Conv2dLayer("conv", 6, 3), new ReluLayer("relu1"), new MaxPool2dLayer("pool", 2), new FlattenLayer("flatten"), new LinearLayer("fc1", 12), new ReluLayer("relu2"), new LinearLayer("fc2", 3)]);

    /// <summary>Images of a horizontal bar, a vertical bar or a filled square, bytes.</summary>
    /// <param name="count">Number of images.</param>
    /// <param name="seed">Seed of the places and greys.</param>
    public static LabeledImages Images(int count = 96, int seed = 1) => ToyImages.Create(count, seed);

    /// <summary>Values of a tensor as doubles.</summary>
    public static double[] Values(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
    }
}
