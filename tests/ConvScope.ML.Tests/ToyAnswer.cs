namespace ConvScope.ML.Tests;

/// <summary>What a prediction engine gives of a binary classifier; of a regression, the score alone.</summary>
internal sealed class ToyAnswer
{
    public bool PredictedLabel { get; set; }

    public float Score { get; set; }

    public float Probability { get; set; }
}
