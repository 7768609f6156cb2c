using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Training.Images;

namespace ConvScope;

/// <summary>Toy data drawn by code: 8×8 grey images of a horizontal bar, a vertical bar or a filled square, and a network that learns them in a moment.</summary>
public static class ToyImages
{
    /// <summary>The network: 40 + 111 parameters in <c>conv.weight</c>, <c>conv.bias</c>, <c>fc.weight</c>, <c>fc.bias</c>.</summary>
    public static NetworkSpec Network { get; } = new("toy", new Shape(1, 8, 8), Normalization.Centred(1),
        [new Conv2dLayer("conv", 4, 3), new ReluLayer("relu"), new MaxPool2dLayer("pool", 2), new FlattenLayer("flatten"), new LinearLayer("fc", 3)]);

    /// <summary>Names of the network's parameters, in its order.</summary>
    public static IReadOnlyList<string> ParameterNames { get; } = ["conv.weight", "conv.bias", "fc.weight", "fc.bias"];

    /// <summary>Byte images of the three kinds in turn; label 0 for a horizontal bar, 1 for a vertical bar, 2 for a square.</summary>
    public static LabeledImages Create(int count, int seed = 1) =>
        LabeledImages.Create(Pixels(count, seed), [.. Enumerable.Range(0, count).Select(index => index % 3L)], Network.Input);

    /// <summary>The pixels of <see cref="Create"/>, image after image.</summary>
    public static byte[] Pixels(int count, int seed = 1)
    {
        var random = new Random(seed);
        var pixels = new byte[count * 64];
        for (var index = 0; index < count; index++)
        {
            int height = index % 3 == 0 ? 1 : 5, width = index % 3 == 1 ? 1 : 5, top = random.Next(8 - height), left = random.Next(8 - width);
            for (var row = top; row < top + height; row++)
                pixels.AsSpan(index * 64 + row * 8 + left, width).Fill((byte)random.Next(150, 256));
        }

        return pixels;
    }
}
