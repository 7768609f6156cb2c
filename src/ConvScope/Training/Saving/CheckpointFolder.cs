using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Files;
using ConvScope.Records.Recording;
using ConvScope.Training.Optimization;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace ConvScope.Training.Saving;

/// <summary>Saves one training into its folder of checkpoints, which no other training writes. A fault there is warned of once and does not reach the training.</summary>
internal sealed partial class CheckpointFolder
{
    private const string Best = "best.pth", Interrupted = "interrupted.pth";
    private readonly CheckpointOptions _options;
    private readonly TrainingOrigin _origin;
    private readonly ILogger _logger;
    private readonly List<string> _written = []; // epochs' files, the newest last
    private string? _folder; // null where it cannot be written
    private string? _claimed; // the folder that this training claimed: that one, or the run's
    private bool _failed;
    private bool _isOverLimit; // and that was said
    private int _firstRanked; // epochs before it were the best of another branch
    private (string Name, Dictionary<string, object?> Root)? _pending; // of an epoch that is over and was not due

    /// <summary>Takes a folder.</summary>
    /// <param name="options">Where and how often.</param>
    /// <param name="run">The run folder of the training; null where nobody records it.</param>
    /// <param name="origin">What the training is called and goes on from.</param>
    /// <param name="logger">Gets the warning.</param>
    public CheckpointFolder(CheckpointOptions options, RunDirectory? run, TrainingOrigin origin, ILogger logger)
    {
        (_options, _origin, _logger) = (options, origin, logger);
        Try(() =>
        {
            if (options.Folder is null && run is null)
                throw new IOException("the run's folder, in which they were to lie, could not be written.");
            _folder = options.Folder is null ? run!.Checkpoints
                : run is not null && run.Owns(options.Folder) ? run.Place(options.Folder)
                : RunDirectory.Claim(options.Folder, origin.Run, origin.Parent).Folder;
            _claimed = run is not null && (options.Folder is null || run.Owns(options.Folder)) ? run.Folder : _folder;
            Directory.CreateDirectory(_folder);
            _firstRanked = Inherit();
        });
    }

    /// <summary>The checkpoint that was written last; null before the first. Its weights are finite, as those of all are.</summary>
    public string? Newest { get; private set; }

    /// <summary>The checkpoints of epochs in a folder, the last first.</summary>
    public static IEnumerable<string> Epochs(string folder) => !Directory.Exists(folder)
        ? []
        : Directory.EnumerateFiles(folder, "epoch-*.pth").OrderByDescending(path => Path.GetFileName(path).Length).ThenByDescending(Path.GetFileName, StringComparer.Ordinal);

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
        _pending = null;
        if (!last.HasFiniteWeights || _folder is null)
            return;
        Try(() =>
        {
            var root = TrainingCheckpoint.Describe(network, updates, generators, epochs, step, training, _origin);
            if (isBest)
                Write(Best, TrainingCheckpoint.WithMeasuredWeights(root));
            if (isDue)
                WriteEpoch(Name(last), root);
            else
                _pending = (Name(last), root);
            Thin();
        });
    }

    /// <summary>The training has ended: saves the last epoch that is over where it was not due, and the weights where the training ended within an epoch.</summary>
    /// <param name="network">The network.</param>
    /// <param name="epochs">Epochs that are over.</param>
    /// <param name="step">Updates that were made.</param>
    /// <param name="isWithinEpoch">Whether updates were made since.</param>
    public void End(nn.Module network, int epochs, long step, bool isWithinEpoch)
    {
        if (_folder is null)
            return;
        Try(() =>
        {
            if (_pending is { } pending)
                WriteEpoch(pending.Name, pending.Root);
            _pending = null;
            if (isWithinEpoch && NonFiniteWeights.Find(network).Count == 0)
                Write(Interrupted, TrainingCheckpoint.DescribeWeights(network, epochs, step, _origin), isNewest: false);
            Thin();
        });
    }

    private static string Name(EpochMetrics epoch) => $"epoch-{epoch.Epoch:D3}.pth";

    private void WriteEpoch(string name, Dictionary<string, object?> root)
    {
        Write(name, root);
        if (_written.Count == 0)
            Continuation.Note(_folder!, _origin);
        _written.Add(Newest!);
        for (; _written.Count > _options.KeepLast; _written.RemoveAt(0))
            File.Delete(_written[0]);
    }

    /// <summary>Keeps to the limit: what is older than the last epoch's goes, the oldest first.</summary>
    private void Thin()
    {
        if (_options.Limit is not { } limit)
            return;
        var others = new[] { Best, Interrupted }.Select(name => new FileInfo(Path.Combine(_folder!, name))).Where(file => file.Exists).Sum(file => file.Length);
        for (; _written.Count > 1 && others + Epochs() > limit; _written.RemoveAt(0))
            File.Delete(_written[0]);
        if (_isOverLimit || others + Epochs() <= limit)
            return;
        _isOverLimit = true;
        LogLimit(_logger, _folder!, ByteSize.Text(others + Epochs()), ByteSize.Text(limit));

        long Epochs() => _written.Select(path => new FileInfo(path)).Where(file => file.Exists).Sum(file => file.Length);
    }

    private void Write(string name, Dictionary<string, object?> root, bool isNewest = true)
    {
        var path = Path.Combine(_folder!, name);
        Checkpoint.Write(path, root);
        if (isNewest)
            Newest = path;
    }

    /// <summary>Copies the best weights of the training that this one goes on from, unless those came after the checkpoint.</summary>
    /// <returns>The first epoch that may be the best: those before it count where their best is here.</returns>
    private int Inherit()
    {
        if (_origin.Parent is not { } parent)
            return 1;
        var best = Path.Combine(Path.GetDirectoryName(parent.Checkpoint)!, Best);
        if (!File.Exists(best))
            return parent.Epoch + 1;
        using (var checkpoint = TrainingCheckpoint.Open(best))
        {
            if (checkpoint.Epochs.Count > parent.Epoch)
                return parent.Epoch + 1;
        }

        using var source = File.OpenRead(best);
        WholeFile.Write(Path.Combine(_folder!, Best), source.CopyTo, toDisk: true);
        return 1;
    }

    private void Try(Action write)
    {
        try
        {
            if (_claimed is not null)
                RunClaim.Check(_claimed, _origin.Run);
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            if (!_failed)
                LogFailure(_logger, _folder ?? _options.Folder ?? "checkpoints", exception.Message, exception);
            _failed = true;
        }
    }

    /// <summary>Whether an epoch may be the best: its weights are finite, and so is the loss that was measured with them.</summary>
    private bool IsRanked(EpochMetrics epoch) => epoch.Epoch >= _firstRanked && epoch.HasFiniteWeights && double.IsFinite(epoch.ValidationLoss ?? epoch.TrainLoss);

    private static double Rank(EpochMetrics epoch) => -epoch.ValidationAccuracy ?? epoch.ValidationLoss ?? epoch.TrainLoss;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The checkpoints in '{Folder}' take {Bytes}, more than their limit of {Limit}: the last one and the best are kept all the same.")]
    private static partial void LogLimit(ILogger logger, string folder, string bytes, string limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The checkpoint in '{Folder}' could not be written; the training goes on. {Reason}")]
    private static partial void LogFailure(ILogger logger, string folder, string reason, Exception exception);
}
