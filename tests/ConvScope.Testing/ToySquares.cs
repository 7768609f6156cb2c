using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Training.Images;

namespace ConvScope;

/// <summary>Toy data drawn by code for networks with one output: 8×8 grey images of a 3×3 square, bright or dark, at some place.</summary>
public static class ToySquares
{
    /// <summary>The network for whether the square is bright: one output.</summary>
    public static NetworkSpec Network { get; } = new("toy", new Shape(1, 8, 8), Normalization.Centred(1),
        [new Conv2dLayer("conv", 6, 3), new ReluLayer("relu"), new MaxPool2dLayer("pool", 2), new FlattenLayer("flatten"), new LinearLayer("fc1", 16), new ReluLayer("relu2"), new LinearLayer("fc2", 1)]);

    /// <summary>Images with 1 for a bright square and 0 for a dark one.</summary>
    public static LabeledImages Binary(int count, int seed = 1) => LabeledImages.Create(Pixels(count, seed, out var isBright, out _), [.. isBright.Select(bright => bright ? 1L : 0)], Network.Input);

    /// <summary>Images with the column of the square's middle, in units of 100 and shifted by 5000.</summary>
    public static LabeledImages Regression(int count, int seed = 1)
    {
        var pixels = Pixels(count, seed, out _, out var middles);
        return LabeledImages.CreateRegression(pixels, middles, Network.Input);
    }

    /// <summary>The pixels, image after image, and what is known of each.</summary>
    public static byte[] Pixels(int count, int seed, out bool[] isBright, out float[] middles)
    {
        var random = new Random(seed);
        var pixels = new byte[count * 64];
        (isBright, middles) = (new bool[count], new float[count]);
        for (var index = 0; index < count; index++)
        {
            isBright[index] = random.Next(2) == 1;
            int top = random.Next(6), left = random.Next(6), grey = isBright[index] ? random.Next(180, 256) : random.Next(40, 110);
            middles[index] = 5000 + 100 * (left + 1);
            for (var row = top; row < top + 3; row++)
                pixels.AsSpan(index * 64 + row * 8 + left, 3).Fill((byte)grey);
        }

        return pixels;
    }
}
