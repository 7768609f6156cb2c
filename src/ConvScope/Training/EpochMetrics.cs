using System.Globalization;

namespace ConvScope.Training;

/// <summary>What one epoch came to. Losses are means over images, in nats; accuracies are shares of images, 0 to 1.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="EpochCount">Epochs that the training was asked for.</param>
/// <param name="TrainLoss">Mean loss over the training images, each seen before its own batch's update.</param>
/// <param name="TrainAccuracy">Share of training images classified right, each seen before its own batch's update.</param>
/// <param name="ValidationLoss">Mean loss over the validation images after the epoch; null without a validation set.</param>
/// <param name="ValidationAccuracy">Share of validation images classified right after the epoch; null without a validation set.</param>
/// <param name="Seconds">Duration of the epoch, validation included, in seconds.</param>
public sealed record EpochMetrics(
    int Epoch, int EpochCount, double TrainLoss, double TrainAccuracy, double? ValidationLoss, double? ValidationAccuracy, double Seconds)
{
    /// <summary>Confusions over the training images, each seen before its own batch's update; null for more than <see cref="ConfusionMatrix.MostClasses"/> classes.</summary>
    public ConfusionMatrix? TrainConfusion { get; init; }

    /// <summary>Confusions over the validation images after the epoch; null without a validation set, or for too many classes.</summary>
    public ConfusionMatrix? ValidationConfusion { get; init; }

    /// <summary>The validation images with the largest loss among those that were classified wrong after the epoch, at most 16, the worst first; empty without a validation set.</summary>
    public IReadOnlyList<Mistake> ValidationMistakes { get; init; } = [];

    /// <summary>Part of <see cref="Seconds"/> in which the training thread waited for images to be decoded, in seconds; null where all images are held in memory.</summary>
    public double? WaitingSeconds { get; init; }

    /// <summary>Training images that were left out because they are corrupt.</summary>
    public long SkippedImages { get; init; }

    /// <summary>The epoch in one line: <c>[3/5]: Loss: 0.041 | Accu: 98.720%</c>, followed by the validation's accuracy where there is one.</summary>
    public override string ToString()
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"[{Epoch}/{EpochCount}]: Loss: {TrainLoss:F3} | Accu: {TrainAccuracy * 100:F3}%");
        return ValidationAccuracy is { } accuracy ? line + string.Create(CultureInfo.InvariantCulture, $" | Validation: {accuracy * 100:F3}%") : line;
    }
}
