using Microsoft.ML;
using Microsoft.ML.Data;

namespace ConvScope.ML.Tests;

/// <summary>Toy data drawn by code: 28×28 images of a horizontal bar, a vertical bar or a filled square, somewhere in the image.</summary>
internal sealed class Shapes
{
    public static readonly string[] Names = ["bar", "pole", "box"];

    [VectorType(784)]
    public float[] Features { get; set; } = [];

    public string Label { get; set; } = "";

    public static IReadOnlyList<Shapes> Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(index => Draw(index % Names.Length, random))];
    }

    public static IDataView View(MLContext context, int count = 96, int seed = 1) => context.Transforms.Conversion.MapValueToKey("Label")
        .Fit(context.Data.LoadFromEnumerable(Draw(3, 0))).Transform(context.Data.LoadFromEnumerable(Draw(count, seed)));

    private static Shapes Draw(int kind, Random random)
    {
        var pixels = new float[784];
        int height = kind == 0 ? 4 : 12, width = kind == 1 ? 4 : 12, top = random.Next(28 - height), left = random.Next(28 - width);
        for (var row = top; row < top + height; row++)
            pixels.AsSpan(row * 28 + left, width).Fill(random.Next(150, 256));
        return new Shapes { Features = pixels, Label = Names[kind] };
    }
}
