namespace ConvScope.ML.Tests;

/// <summary>What a prediction engine gives.</summary>
internal sealed class ToyOutput
{
    public uint PredictedLabel { get; set; }

    public float[] Score { get; set; } = [];
}
