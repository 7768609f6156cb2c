using System.Globalization;
using ConvScope.Records.Recording;

namespace ConvScope.Training;

/// <summary>What one epoch came to. Losses are means over images, in nats, or in variances of the labels for a regression; accuracies are shares of images, 0 to 1.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="EpochCount">Epochs that the training was asked for.</param>
/// <param name="TrainLoss">Mean loss over the training images, each seen before its own batch's update.</param>
/// <param name="TrainAccuracy">Share of training images classified right, each seen before its own batch's update; null for a regression.</param>
/// <param name="ValidationLoss">Mean loss over the validation images after the epoch; null without a validation set.</param>
/// <param name="ValidationAccuracy">Share of validation images classified right after the epoch; null without a validation set and for a regression.</param>
/// <param name="Seconds">Duration of the epoch, validation included, in seconds.</param>
public sealed record EpochMetrics(
    int Epoch, int EpochCount, double TrainLoss, double? TrainAccuracy, double? ValidationLoss, double? ValidationAccuracy, double Seconds)
{
    /// <summary>Confusions over the training images, each seen before its own batch's update; null for more than <see cref="ConfusionMatrix.MostClasses"/> classes and for a regression.</summary>
    public ConfusionMatrix? TrainConfusion { get; init; }

    /// <summary>Confusions over the validation images after the epoch; null without a validation set, for too many classes and for a regression.</summary>
    public ConfusionMatrix? ValidationConfusion { get; init; }

    /// <summary>The validation images with the largest loss among those that were classified wrong after the epoch, at most 16, the worst first; empty without a validation set and for a regression.</summary>
    public IReadOnlyList<Mistake> ValidationMistakes { get; init; } = [];

    /// <summary>Part of <see cref="Seconds"/> in which the training thread waited for images to be decoded, in seconds; null where all images are held in memory.</summary>
    public double? WaitingSeconds { get; init; }

    /// <summary>Training images that were left out because they are corrupt.</summary>
    public long SkippedImages { get; init; }

    /// <summary>
    /// Whether the weights after the epoch are finite, and their running average where there is one. Others are not kept.
    /// </summary>
    public bool HasFiniteWeights { get; init; } = true;

    /// <summary>Errors over the training images, each seen before its own batch's update; null for classifiers.</summary>
    public RegressionError? TrainError { get; init; }

    /// <summary>Errors over the validation images after the epoch; null without a validation set and for classifiers.</summary>
    public RegressionError? ValidationError { get; init; }

    /// <summary>
    /// The epoch in one line: <c>[3/5]: Loss: 0.041 | Accu: 98.720%</c>, or <c>[3/5]: Loss: 0.041 | RMSE: 1.52 | R²: 0.959</c> for a regression, followed by the validation's accuracy or RMSE where there is one.
    /// </summary>
    public override string ToString()
    {
        var line = Text($"[{Epoch}/{EpochCount}]: Loss: {TrainLoss:F3}");
        line += TrainError is { } error ? Text($" | RMSE: {error.RootMeanSquared:G4} | R²: {error.RSquared:F3}") : Text($" | Accu: {TrainAccuracy * 100:F3}%");
        if (ValidationError is { } validationError)
            line += Text($" | Validation: {validationError.RootMeanSquared:G4}");
        return ValidationAccuracy is { } accuracy ? line + Text($" | Validation: {accuracy * 100:F3}%") : line;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
