namespace ConvScope.ML.Tests;

/// <summary>What a prediction engine gives of a regression.</summary>
internal sealed class ToyNumber
{
    public float Score { get; set; }
}
