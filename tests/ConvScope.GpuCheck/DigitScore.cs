namespace ConvScope.GpuCheck;

/// <summary>What a prediction engine gives for a <see cref="Digit"/>.</summary>
internal sealed class DigitScore
{
    public float[] Score { get; set; } = [];
}
