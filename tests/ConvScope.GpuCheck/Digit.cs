using ConvScope.Datasets;
using Microsoft.ML.Data;

namespace ConvScope.GpuCheck;

/// <summary>A row of MNIST with a label for each kind of learning.</summary>
internal sealed class Digit
{
    [VectorType(1, 28, 28), ColumnName("Features")]
    public byte[] Pixels { get; set; } = [];

    public int Label { get; set; }

    /// <summary>From 0, as ML.NET counts the values of a key that it is given.</summary>
    [KeyType(10)]
    public uint Class { get; set; }

    public bool IsEven { get; set; }

    public float Number { get; set; }

    /// <summary>The first <paramref name="count"/> rows, or as many as there are.</summary>
    public static Digit[] From(ImageSet set, int count) =>
        [.. Enumerable.Range(0, Math.Min(count, set.Count)).Select(index => From(set, set.Label(index), index))];

    private static Digit From(ImageSet set, int label, int index) =>
        new() { Pixels = set.Image(index).ToArray(), Label = label, Class = (uint)label, IsEven = label % 2 == 0, Number = label };
}
