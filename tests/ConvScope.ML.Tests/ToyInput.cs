namespace ConvScope.ML.Tests;

/// <summary>What a prediction engine gets: no label.</summary>
internal sealed class ToyInput
{
    [VectorType(64)]
    public float[] Features { get; set; } = [];

    public static ToyInput[] From(IReadOnlyList<Toy> rows) => [.. rows.Select(row => new ToyInput { Features = [.. row.Features.DenseValues()] })];
}
