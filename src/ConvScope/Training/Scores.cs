namespace ConvScope.Training;

/// <summary>How well a network does on a set of images.</summary>
/// <param name="Loss">Mean cross-entropy over images, in nats.</param>
/// <param name="Accuracy">Share of images classified right, 0 to 1.</param>
/// <param name="Confusion">Which classes were taken for which; null for more than <see cref="ConfusionMatrix.MostClasses"/> classes.</param>
public sealed record Scores(double Loss, double Accuracy, ConfusionMatrix? Confusion)
{
    /// <summary>The images with the largest loss among those that were classified wrong, at most 16, the worst first.</summary>
    public IReadOnlyList<Mistake> WorstMistakes { get; init; } = [];

    /// <summary>Seconds that were spent on waiting for images; null for a set that is held in memory.</summary>
    public double? WaitingSeconds { get; init; }
}
