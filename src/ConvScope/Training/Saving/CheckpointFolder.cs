using ConvScope.Records.Checkpoints;
using ConvScope.Training.Optimization;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace ConvScope.Training.Saving;

/// <summary>Saves one training into its folder of checkpoints. A fault there is warned of once and does not reach the training.</summary>
internal sealed partial class CheckpointFolder
{
    private const string Best = "best.pth";
    private readonly CheckpointOptions _options;
    private readonly ILogger _logger;
    private readonly string _folder;
    private bool _failed;

    /// <summary>Takes the options' folder; for a training that begins anew the first of <c>-002</c>, <c>-003</c>, … that holds no checkpoint of another.</summary>
    /// <param name="options">Where and how often.</param>
    /// <param name="isResumed">Whether the training goes on from a checkpoint.</param>
    /// <param name="logger">Gets the warning.</param>
    public CheckpointFolder(CheckpointOptions options, bool isResumed, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _folder = options.Folder;
        for (var number = 2; !isResumed && Directory.Exists(_folder) && Epochs(_folder).Any(); number++)
            _folder = $"{options.Folder.TrimEnd('/', '\\')}-{number:D3}";
    }

    /// <summary>The checkpoint that was written last; null before the first. Its weights are finite, as those of all are.</summary>
    public string? Newest { get; private set; }

    /// <summary>The checkpoints of epochs in a folder, the last first.</summary>
    public static IEnumerable<string> Epochs(string folder) =>
        Directory.EnumerateFiles(folder, "epoch-*.pth").OrderByDescending(path => Path.GetFileName(path).Length).ThenByDescending(Path.GetFileName, StringComparer.Ordinal);

    /// <summary>Saves the state after an epoch, where one is due and the weights are finite.</summary>
    public void Save(
        nn.Module network,
        Updates updates,
        TrainingGenerators generators,
        IReadOnlyList<EpochMetrics> epochs,
        long step,
        TrainingOptions training)
    {
        var (last, isBest) = (epochs[^1], epochs.Where(IsRanked).MinBy(Rank) == epochs[^1]);
        var isDue = last.Epoch % _options.SaveInterval == 0 || last.Epoch == training.Epochs;
        if (!last.HasFiniteWeights || (!isDue && !isBest))
            return;
        try
        {
            Directory.CreateDirectory(_folder);
            var root = TrainingCheckpoint.Describe(network, updates, generators, epochs, step, training);
            if (isBest)
                Write(Best, root);
            if (!isDue)
                return;
            Write($"epoch-{last.Epoch:D3}.pth", root);
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

    private void Write(string name, Dictionary<string, object?> root)
    {
        var path = Path.Combine(_folder, name);
        Checkpoint.Write(path, root);
        Newest = path;
    }

    /// <summary>Whether an epoch may be the best: its weights are finite, and so is the loss that was measured with them.</summary>
    private static bool IsRanked(EpochMetrics epoch) => epoch.HasFiniteWeights && double.IsFinite(epoch.ValidationLoss ?? epoch.TrainLoss);

    private static double Rank(EpochMetrics epoch) => -epoch.ValidationAccuracy ?? epoch.ValidationLoss ?? epoch.TrainLoss;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The checkpoint in '{Folder}' could not be written; the training goes on. {Reason}")]
    private static partial void LogFailure(ILogger logger, string folder, string reason, Exception exception);
}
