namespace ConvScope.Training.Optimization;

/// <summary>Divides the rate every few epochs.</summary>
public sealed record StepSchedule : LearningRateSchedule
{
    /// <summary>Epochs between two changes, at least 1. Default 10.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Factor of each change, above 0 to 1. Default 0.1.</summary>
    public double Change { get; init; } = 0.1;

    /// <inheritdoc />
    public override void Validate()
    {
        Check(Epochs >= 1, nameof(Epochs), Epochs, "at least 1");
        Check(Change is > 0 and <= 1, nameof(Change), Change, "above 0 to 1");
    }

    /// <inheritdoc />
    public override double Factor(long step, long steps, long stepsPerEpoch, IReadOnlyList<EpochMetrics> epochs) => Math.Pow(Change, step / stepsPerEpoch / Epochs);
}
