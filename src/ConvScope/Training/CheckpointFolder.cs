using ConvScope.Training.Optimization;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace ConvScope.Training;

/// <summary>Saves one training into its folder of checkpoints. A fault there is warned of once and does not reach the training.</summary>
internal sealed partial class CheckpointFolder
{
    private const string Best = "best.pth";
    private readonly CheckpointOptions _options;
    private readonly ILogger _logger;
    private readonly string _folder;
    private bool _failed;

    /// <summary>Takes the options' folder; for a training that begins anew the first of <c>-002</c>, <c>-003</c>, … that holds no checkpoint of another.</summary>
    public CheckpointFolder(CheckpointOptions options, bool isResumed, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _folder = options.Folder;
        for (var number = 2; !isResumed && Directory.Exists(_folder) && Epochs(_folder).Any(); number++)
            _folder = $"{options.Folder.TrimEnd('/', '\\')}-{number:D3}";
    }

    /// <summary>The checkpoints of epochs in a folder, the last first.</summary>
    public static IEnumerable<string> Epochs(string folder) =>
        Directory.EnumerateFiles(folder, "epoch-*.pth").OrderByDescending(path => Path.GetFileName(path).Length).ThenByDescending(Path.GetFileName, StringComparer.Ordinal);

    /// <summary>Saves the state after an epoch, where one is due.</summary>
    public void Save(
        nn.Module network,
        Updates updates,
        TrainingGenerators generators,
        IReadOnlyList<EpochMetrics> epochs,
        long step,
        TrainingOptions training)
    {
        var (last, isBest) = (epochs[^1], epochs.MinBy(Rank) == epochs[^1]);
        var isDue = last.Epoch % _options.SaveInterval == 0 || last.Epoch == training.Epochs;
        if (!isDue && !isBest)
            return;
        try
        {
            Directory.CreateDirectory(_folder);
            var root = TrainingCheckpoint.Describe(network, updates, generators, epochs, step, training);
            if (isBest)
                Checkpoints.Checkpoint.Write(Path.Combine(_folder, Best), root);
            if (!isDue)
                return;
            Checkpoints.Checkpoint.Write(Path.Combine(_folder, $"epoch-{last.Epoch:D3}.pth"), root);
            foreach (var old in Epochs(_folder).Skip(_options.KeepLast).ToList())
                File.Delete(old);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            if (!_failed)
                LogFailure(_logger, _folder, exception.Message, exception);
            _failed = true;
        }
    }

    private static double Rank(EpochMetrics epoch) => epoch.ValidationAccuracy is { } accuracy ? -accuracy : (epoch.ValidationLoss ?? epoch.TrainLoss) is var loss && double.IsNaN(loss) ? double.PositiveInfinity : loss;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The checkpoint in '{Folder}' could not be written; the training goes on. {Reason}")]
    private static partial void LogFailure(ILogger logger, string folder, string reason, Exception exception);
}
