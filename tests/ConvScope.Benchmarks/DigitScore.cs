namespace ConvScope.Benchmarks;

/// <summary>What the model says of an image.</summary>
internal sealed class DigitScore
{
    public uint PredictedLabel { get; set; }

    public float[] Score { get; set; } = [];
}
