namespace ConvScope.Training.Optimization;

/// <summary>Lowers the rate where the loss has not fallen for some epochs: the validation loss where there is a validation set, else the training loss. As PyTorch's <c>ReduceLROnPlateau</c> without a cooldown.</summary>
public sealed record PlateauSchedule : LearningRateSchedule
{
    /// <summary>Epochs without a better loss that are borne, at least 0. Default 2.</summary>
    public int Patience { get; init; } = 2;

    /// <summary>Factor of each change, above 0 to below 1. Default 0.1.</summary>
    public double Change { get; init; } = 0.1;

    /// <summary>A loss is better where it is below the best one by this share, 0 to below 1. Default 0.0001.</summary>
    public double Threshold { get; init; } = 1e-4;

    /// <inheritdoc />
    public override void Validate()
    {
        Check(Patience >= 0, nameof(Patience), Patience, "at least 0");
        Check(Change is > 0 and < 1, nameof(Change), Change, "above 0 to below 1");
        Check(Threshold is >= 0 and < 1, nameof(Threshold), Threshold, "0 to below 1");
    }

    /// <inheritdoc />
    public override double Factor(long step, long steps, long stepsPerEpoch, IReadOnlyList<EpochMetrics> epochs)
    {
        ArgumentNullException.ThrowIfNull(epochs);
        var factor = 1.0;
        var best = double.PositiveInfinity;
        var waited = 0;
        foreach (var loss in epochs.Select(epoch => epoch.ValidationLoss ?? epoch.TrainLoss))
        {
            (best, waited) = loss < best * (1 - Threshold) ? (loss, 0) : (best, waited + 1);
            if (waited > Patience)
                (factor, waited) = (factor * Change, 0);
        }

        return factor;
    }
}
