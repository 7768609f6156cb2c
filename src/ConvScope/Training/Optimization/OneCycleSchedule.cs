namespace ConvScope.Training.Optimization;

/// <summary>
/// Up along a cosine to the learning rate, then down along a longer one to almost nothing. Smith and Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates", 2019, with the
/// formula of PyTorch's <c>OneCycleLR</c>.
/// </summary>
public sealed record OneCycleSchedule : LearningRateSchedule
{
    /// <summary>Share of the training in which the rate rises, above 0 to below 1. Default 0.3.</summary>
    public double RisingShare { get; init; } = 0.3;

    /// <summary>The first step's rate is the learning rate divided by this, at least 1. Default 25.</summary>
    public double StartDivisor { get; init; } = 25;

    /// <summary>The last step's rate is the first one's divided by this, at least 1. Default 10,000.</summary>
    public double EndDivisor { get; init; } = 1e4;

    /// <inheritdoc />
    public override void Validate()
    {
        Check(RisingShare is > 0 and < 1, nameof(RisingShare), RisingShare, "above 0 to below 1");
        Check(double.IsFinite(StartDivisor) && StartDivisor >= 1, nameof(StartDivisor), StartDivisor, "at least 1");
        Check(double.IsFinite(EndDivisor) && EndDivisor >= 1, nameof(EndDivisor), EndDivisor, "at least 1");
    }

    /// <inheritdoc />
    public override double Factor(long step, long steps, long stepsPerEpoch, IReadOnlyList<EpochMetrics> epochs)
    {
        double start = 1 / StartDivisor, end = start / EndDivisor, top = RisingShare * steps - 1;
        return step <= top && top > 0
            ? CosineSchedule.Between(start, 1, step / top)
            : CosineSchedule.Between(1, end, Math.Clamp((step - Math.Max(top, 0)) / Math.Max(steps - 1 - Math.Max(top, 0), 1), 0, 1));
    }
}
