namespace ConvScope.ML.Tests;

/// <summary>A row whose image stands in three columns.</summary>
internal sealed class MlNetRow
{
    [VectorType(64)]
    public byte[] Bytes { get; set; } = [];

    [VectorType(64)]
    public float[] Floats { get; set; } = [];

    public string Paths { get; set; } = "";

    public string Label { get; set; } = "";

    public bool IsBox { get; set; }

    public float Number { get; set; }

    public string Part { get; set; } = "";

    public float Weight { get; set; }
}
