namespace ConvScope.Training.Optimization;

/// <summary>Linearly up at the start where that is asked for, then down along half a cosine. Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017, without restarts.</summary>
public sealed record CosineSchedule : LearningRateSchedule
{
    /// <summary>Epochs in which the rate rises linearly, not negative; may be a fraction. Default 0.</summary>
    public double WarmUpEpochs { get; init; }

    /// <summary>The rate after the last step as a share of the learning rate, 0 to 1. Default 0.</summary>
    public double FinalShare { get; init; }

    /// <inheritdoc />
    public override void Validate()
    {
        Check(double.IsFinite(WarmUpEpochs) && WarmUpEpochs >= 0, nameof(WarmUpEpochs), WarmUpEpochs, "at least 0");
        Check(FinalShare is >= 0 and <= 1, nameof(FinalShare), FinalShare, "0 to 1");
    }

    /// <inheritdoc />
    public override double Factor(long step, long steps, long stepsPerEpoch, IReadOnlyList<EpochMetrics> epochs)
    {
        var rising = WarmUpEpochs * stepsPerEpoch;
        return step < rising ? (step + 1) / Math.Ceiling(rising) : Between(1, FinalShare, (step - Math.Ceiling(rising)) / Math.Max(steps - Math.Ceiling(rising), 1));
    }

    /// <summary>A value on half a cosine from <paramref name="from"/> at 0 to <paramref name="to"/> at 1.</summary>
    internal static double Between(double from, double to, double share) => to + (from - to) / 2 * (1 + Math.Cos(Math.PI * share));
}
