using ConvScope.Datasets;
using Microsoft.ML.Data;

namespace ConvScope.Benchmarks;

/// <summary>One image as a row of 32-bit floats, as ONNX Runtime takes it.</summary>
internal sealed class FloatDigit
{
    [VectorType(1, 28, 28)]
    public float[] Features { get; set; } = [];

    public static FloatDigit[] From(ImageSet set) =>
        [.. Enumerable.Range(0, set.Count).Select(index => new FloatDigit { Features = [.. set.Image(index).ToArray().Select(pixel => (float)pixel)] })];
}
