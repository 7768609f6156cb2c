namespace ConvScope.Training.Optimization;

/// <summary>Ends a training whose validation loss has not fallen for some epochs. Whether it ends early or not, the network gets the weights of its best epoch back.</summary>
/// <remarks>It holds settings; what a training has seen is kept by that training.</remarks>
public sealed record EarlyStopping
{
    /// <summary>Epochs without a better loss that are borne, at least 1. Default 5.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>A loss is better where it is below the best one by at least this, in the unit of the loss (nats; variances of the labels for a regression), not negative. Default 0.</summary>
    public double SmallestGain { get; init; }

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        if (Patience < 1)
            throw new ArgumentOutOfRangeException(nameof(Patience), Patience, "Patience must be at least 1.");
        if (!double.IsFinite(SmallestGain) || SmallestGain < 0)
            throw new ArgumentOutOfRangeException(nameof(SmallestGain), SmallestGain, "SmallestGain must be at least 0.");
    }

    /// <summary>The best epoch so far, from 1; 0 where none had a finite loss and finite weights.</summary>
    internal int Best(IReadOnlyList<EpochMetrics> epochs)
    {
        var (best, loss) = (0, double.PositiveInfinity);
        foreach (var epoch in epochs)
        {
            if (!epoch.HasFiniteWeights || epoch.ValidationLoss is not { } own || !double.IsFinite(own))
                continue;
            if (own < loss - SmallestGain || best == 0)
                (best, loss) = (epoch.Epoch, own);
        }

        return best;
    }

    /// <summary>Whether patience is at its end.</summary>
    internal bool IsOver(IReadOnlyList<EpochMetrics> epochs) => epochs.Count > 0 && epochs[^1].Epoch - Best(epochs) >= Patience;

    /// <summary>Why a training was over, in words.</summary>
    internal string Reason(IReadOnlyList<EpochMetrics> epochs) => $"The validation loss has not fallen for {Patience} epochs; epoch {Best(epochs)} was the best.";
}
