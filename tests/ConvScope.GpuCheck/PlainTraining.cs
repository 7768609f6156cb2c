namespace ConvScope.GpuCheck;

/// <summary>What a training of <see cref="Laboratory.TrainPlain"/> gave.</summary>
/// <param name="Losses">The loss of each step.</param>
/// <param name="Weights">Parameters and buffers after the last one.</param>
internal sealed record PlainTraining(IReadOnlyList<double> Losses, WeightBits Weights)
{
    /// <summary>How many losses from the first are the same to the last bit.</summary>
    public int EqualSteps(PlainTraining other) => Losses.Zip(other.Losses).TakeWhile(pair => pair.First.Equals(pair.Second)).Count();

    /// <summary>Whether all losses are the same to the last bit.</summary>
    public bool HasLossesOf(PlainTraining other) => Losses.SequenceEqual(other.Losses);

    /// <summary>By how much the losses part in the first <paramref name="steps"/> steps, as a share of this one's.</summary>
    public double LargestParting(PlainTraining other, int steps) =>
        Losses.Zip(other.Losses).Take(steps).Max(pair => Math.Abs(pair.First - pair.Second) / Math.Max(1e-3, Math.Abs(pair.First)));
}
