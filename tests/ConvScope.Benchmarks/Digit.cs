using ConvScope.Datasets;
using Microsoft.ML.Data;

namespace ConvScope.Benchmarks;

/// <summary>One image as a row.</summary>
internal sealed class Digit
{
    [VectorType(1, 28, 28), ColumnName("Features")]
    public byte[] Pixels { get; set; } = [];

    [KeyType(10)]
    public uint Label { get; set; }

    public static Digit[] From(ImageSet set) =>
        [.. Enumerable.Range(0, set.Count).Select(index => new Digit { Pixels = set.Image(index).ToArray(), Label = (uint)set.Label(index) })];
}
