using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Training;

namespace ConvScope.ML.Tests;

/// <summary>Toy data drawn by code: 8×8 images of a horizontal bar, a vertical bar or a filled square, with a number and a word beside them.</summary>
internal sealed class Toy
{
    public static readonly string[] Names = ["bar", "pole", "box"];

    public int Id { get; set; }

    [VectorType(64)]
    public VBuffer<float> Features { get; set; }

    public string Word { get; set; } = "";

    public string Label { get; set; } = "";

    /// <summary>A network that learns them in a moment.</summary>
    public static NetworkSpec Network { get; } = new("toy", new Shape(1, 8, 8), Normalization.Centred(1),
        [new Conv2dLayer("conv", 6, 3), new ReluLayer("relu"), new MaxPool2dLayer("pool", 2), new FlattenLayer("flatten"), new LinearLayer("fc", 3)]);

    public static ConvNetOptions Options { get; } = new() { Network = Network, Training = new TrainingOptions { Epochs = 8, BatchSize = 8, LearningRate = 0.05 } };

    /// <summary>Rows; every second one sparse where that is asked for.</summary>
    public static IReadOnlyList<Toy> Rows(int count, int seed = 1, bool sparse = false)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(index => Row(index, random, sparse && index % 2 == 0))];
    }

    /// <summary>A view with a key label whose values are the three words.</summary>
    public static IDataView View(MLContext context, int count = 45, int seed = 1, bool sparse = false) =>
        WithKeys(context, context.Data.LoadFromEnumerable(Rows(count, seed, sparse)));

    public static IDataView WithKeys(MLContext context, IDataView data) =>
        context.Transforms.Conversion.MapValueToKey("Label", keyData: context.Data.LoadFromEnumerable(Names.Select(name => new Key { Value = name }))).Fit(data).Transform(data);

    public static ConvNetTransformer Fit(MLContext context, ConvNetOptions? options = null) =>
        context.MulticlassClassification.Trainers.ConvNet(options ?? Options).Fit(View(context));

    private static Toy Row(int index, Random random, bool sparse)
    {
        var kind = index % Names.Length;
        var pixels = new float[64];
        int height = kind == 0 ? 1 : 5, width = kind == 1 ? 1 : 5, top = random.Next(8 - height), left = random.Next(8 - width);
        for (var row = top; row < top + height; row++)
            pixels.AsSpan(row * 8 + left, width).Fill(random.Next(150, 256));
        return new Toy { Id = index, Features = sparse ? Sparse(pixels) : new VBuffer<float>(64, pixels), Word = $"row {index}", Label = Names[kind] };
    }

    private static VBuffer<float> Sparse(float[] values)
    {
        int[] indices = [.. Enumerable.Range(0, values.Length).Where(index => values[index] != 0)];
        return new VBuffer<float>(values.Length, indices.Length, [.. indices.Select(index => values[index])], indices);
    }

    internal sealed class Key
    {
        public string Value { get; set; } = "";
    }
}
