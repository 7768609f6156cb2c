using ConvScope.Records.Recording;

namespace ConvScope.Training;

/// <summary>How well a network does on a set of images.</summary>
/// <param name="Loss">Mean loss over images: cross-entropy in nats, or the squared error of a regression in variances of the labels.</param>
/// <param name="Accuracy">Share of images classified right, 0 to 1; null for a regression.</param>
/// <param name="Confusion">Which classes were taken for which; null for more than <see cref="ConfusionMatrix.MostClasses"/> classes and for a regression.</param>
public sealed record Scores(double Loss, double? Accuracy, ConfusionMatrix? Confusion)
{
    /// <summary>How far a regression's predictions are off; null for classifiers.</summary>
    public RegressionError? Error { get; init; }

    /// <summary>The images with the largest loss among those that were classified wrong, at most 16, the worst first; empty for a regression.</summary>
    public IReadOnlyList<Mistake> WorstMistakes { get; init; } = [];

    /// <summary>Seconds that were spent on waiting for images; null for a set that is held in memory.</summary>
    public double? WaitingSeconds { get; init; }
}
