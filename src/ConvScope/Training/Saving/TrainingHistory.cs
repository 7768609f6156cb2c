namespace ConvScope.Training.Saving;

/// <summary>The metrics of epochs as a checkpoint holds them.</summary>
internal static class TrainingHistory
{
    /// <summary>An epoch as a dictionary.</summary>
    public static Dictionary<string, object?> Write(EpochMetrics epoch) => new()
    {
        ["epoch"] = epoch.Epoch,
        ["epochs"] = epoch.EpochCount,
        ["train_loss"] = epoch.TrainLoss,
        ["train_accuracy"] = epoch.TrainAccuracy,
        ["validation_loss"] = epoch.ValidationLoss,
        ["validation_accuracy"] = epoch.ValidationAccuracy,
        ["seconds"] = epoch.Seconds,
        ["train_error"] = Write(epoch.TrainError),
        ["validation_error"] = Write(epoch.ValidationError),
    };

    private static Dictionary<string, object?>? Write(RegressionError? error) =>
        error is null ? null : new() { ["root_mean_squared"] = error.RootMeanSquared, ["r_squared"] = error.RSquared };

    /// <summary>An epoch from its dictionary.</summary>
    /// <param name="epoch">The dictionary.</param>
    /// <param name="broken">Makes the error for what is missing.</param>
    public static EpochMetrics Read(IReadOnlyDictionary<object, object?> epoch, Func<string, Exception> broken)
    {
        return new(
            (int)Entry<long>(epoch, "epoch", broken), (int)Entry<long>(epoch, "epochs", broken), Entry<double>(epoch, "train_loss", broken), epoch.GetValueOrDefault("train_accuracy") as double?,
            epoch.GetValueOrDefault("validation_loss") as double?, epoch.GetValueOrDefault("validation_accuracy") as double?, Entry<double>(epoch, "seconds", broken))
        {
            TrainError = Error("train_error"),
            ValidationError = Error("validation_error"),
        };

        RegressionError? Error(string name) => epoch.GetValueOrDefault(name) is IReadOnlyDictionary<object, object?> error
            ? new RegressionError(Entry<double>(error, "root_mean_squared", broken), Entry<double>(error, "r_squared", broken))
            : null;
    }

    /// <summary>An entry of a dictionary.</summary>
    /// <param name="dictionary">The dictionary.</param>
    /// <param name="name">Its key.</param>
    /// <param name="broken">Makes the error where it is missing or of another type.</param>
    public static T Entry<T>(IReadOnlyDictionary<object, object?> dictionary, string name, Func<string, Exception> broken) => dictionary.TryGetValue(name, out var value) && value is T entry
        ? entry
        : throw broken($"its entry '{name}' is missing or of another kind");
}
