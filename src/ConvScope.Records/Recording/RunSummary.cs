using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Files;

namespace ConvScope.Records.Recording;

/// <summary>
/// What a run came to, in one small JSON file that scripts read: <c>summary.json</c> in the run folder. Property names stay stable.
/// Accuracies are fractions from 0 to 1, losses are nats (variances of the labels for a regression), durations are seconds.
/// </summary>
public sealed record RunSummary
{
    /// <summary>File name inside the run folder.</summary>
    public const string FileName = "summary.json";

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // a diverged run has a loss of NaN, and says so
    };

    /// <summary>Name of the network's architecture.</summary>
    public required string Network { get; init; }

    /// <summary>Name of the data set; null where it is not known.</summary>
    public string? Dataset { get; init; }

    /// <summary>What the network's outputs mean: <c>multiclass</c>, <c>binary</c> or <c>regression</c>; left out where it is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Task { get; init; }

    /// <summary>Names of the classes in the order of their indices; left out where they are not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>The device that was trained on.</summary>
    public required string Device { get; init; }

    /// <summary>Which CPU kernels computed, and why those; left out in old runs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Kernels { get; init; }

    /// <summary>How the run ended: <c>completed</c>, <c>stopped</c>, <c>cancelled</c>, <c>failed</c>, <c>ended</c> for a loop of the user's own, or <c>running</c> for one that was killed.</summary>
    public required string Status { get; init; }

    /// <summary>Why the run ended, in words; left out where all epochs were trained.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>What ended the inspection before the training was over; left out where it was whole.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? InspectionFailure { get; init; }

    /// <summary>The checkpoint that the run goes on from; left out for one that began anew.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? GoesOnFrom { get; init; }

    /// <summary>Epochs that were completed.</summary>
    public int Epochs { get; init; }

    /// <summary>Mean training loss of the last epoch; null before the first is over.</summary>
    public double? TrainLoss { get; init; }

    /// <summary>Training accuracy of the last epoch; null for a regression.</summary>
    public double? TrainAccuracy { get; init; }

    /// <summary>Validation accuracy after the last epoch; null without a validation set and for a regression.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>Accuracy on the test set; null until a program that evaluates the model sets it.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>Root mean squared error of a regression over the training images of the last epoch, in the label's unit; left out for classifiers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? TrainRootMeanSquaredError { get; init; }

    /// <summary>Root mean squared error of a regression over the validation images after the last epoch, in the label's unit; left out for classifiers and without a validation set.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ValidationRootMeanSquaredError { get; init; }

    /// <summary>Share of the validation labels' variance that a regression explains after the last epoch, at most 1; left out for classifiers and without a validation set.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ValidationRSquared { get; init; }

    /// <summary>Duration of the training, with all of inspection: also what is done after the last step.</summary>
    public double? TrainingSeconds { get; init; }

    /// <summary>Part of the training's duration that was spent on inspection.</summary>
    public double? InspectionSeconds { get; init; }

    /// <summary><see cref="InspectionSeconds"/> divided by <see cref="TrainingSeconds"/>, at most 1.</summary>
    public double? InspectionShare { get; init; }

    /// <summary>What the training loss is weighted by, or how images are drawn, in words; left out where each image counts once. Validation metrics are not weighted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LossWeights { get; init; }

    /// <summary>What was left out so that inspection stays within <c>InspectionOptions.Budget</c>, in words; left out where nothing was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? InspectionCuts { get; init; }

    /// <summary>Parts of the inspection that failed and were left out from then on; left out where none did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LeftOutPart>? LeftOut { get; init; }

    /// <summary>What became of snapshots for which <c>InspectionOptions.SnapshotLimit</c> had no room, in words; left out where it had room for all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SnapshotCuts { get; init; }

    /// <summary>Part of the training's duration in which it waited for images to be decoded; absent where all images are held in memory.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? WaitingSeconds { get; init; }

    /// <summary><see cref="WaitingSeconds"/> divided by <see cref="TrainingSeconds"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? WaitingShare { get; init; }

    /// <summary>What the diagnosis found, in words; empty for a healthy run.</summary>
    public IReadOnlyList<string> Findings { get; init; } = [];

    /// <summary>Every file of the run folder, with forward slashes, in ordinal order. Filled in by <see cref="Write"/>.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Sums up a record.</summary>
    /// <exception cref="FileNotFoundException">The folder holds no record.</exception>
    /// <exception cref="DamagedFileException">The record is damaged.</exception>
    public static RunSummary FromRecord(string runFolder)
    {
        using var record = RunRecord.Open(runFolder);
        var metadata = record.ReadMetadata();
        var trainLoss = record.Read(QuantityNames.TrainLoss);
        var trainingSeconds = Number(MetadataNames.TrainingSeconds);
        var waitingSeconds = Number(MetadataNames.WaitingSeconds);
        var inspectionSeconds = Number(MetadataNames.InspectionSeconds);
        return new RunSummary
        {
            Network = Required(MetadataNames.Network),
            Dataset = metadata.GetValueOrDefault(MetadataNames.Dataset),
            Task = metadata.GetValueOrDefault(MetadataNames.Task),
            Classes = RecordedClasses.Of(metadata).Names,
            Device = Required(MetadataNames.Device),
            Kernels = metadata.GetValueOrDefault(MetadataNames.Kernels),
            Status = Required(MetadataNames.Status),
            Reason = metadata.GetValueOrDefault(MetadataNames.Reason),
            InspectionFailure = metadata.GetValueOrDefault(MetadataNames.InspectionFailure),
            GoesOnFrom = metadata.GetValueOrDefault(MetadataNames.ParentCheckpoint),
            Epochs = trainLoss.Count,
            TrainLoss = Last(trainLoss),
            TrainAccuracy = Last(record.Read(QuantityNames.TrainAccuracy)),
            ValidationAccuracy = Last(record.Read(QuantityNames.ValidationAccuracy)),
            TrainRootMeanSquaredError = Last(record.Read(QuantityNames.TrainError)),
            ValidationRootMeanSquaredError = Last(record.Read(QuantityNames.ValidationError)),
            ValidationRSquared = Last(record.Read(QuantityNames.ValidationRSquared)),
            TrainingSeconds = trainingSeconds,
            InspectionSeconds = inspectionSeconds,
            InspectionShare = inspectionSeconds / trainingSeconds,
            LossWeights = metadata.GetValueOrDefault(MetadataNames.LossWeights),
            InspectionCuts = metadata.GetValueOrDefault(MetadataNames.InspectionCuts)?.Split("; "),
            LeftOut = metadata.TryGetValue(MetadataNames.LeftOut, out var parts) ? LeftOutPart.Parse(parts) ?? throw Damaged($"its '{MetadataNames.LeftOut}' cannot be read") : null,
            SnapshotCuts = metadata.GetValueOrDefault(MetadataNames.SnapshotCuts),
            WaitingSeconds = waitingSeconds,
            WaitingShare = waitingSeconds / trainingSeconds,
            Findings = [.. record.ReadFindings().Select(finding => finding.ToString())],
        };

        string Required(string key) => metadata.TryGetValue(key, out var value) ? value : throw Damaged($"it has no '{key}'");

        double? Number(string key) => !metadata.TryGetValue(key, out var text) ? null
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Damaged($"its '{key}' is '{text}', which is no number");

        DamagedFileException Damaged(string what)
        {
            var path = Path.Combine(runFolder, RecordSchema.FileName);
            return new DamagedFileException(path, $"'{path}' is damaged: {what}.") { Place = "metadata" };
        }
    }

    /// <summary>Reads the summary of a run folder.</summary>
    /// <exception cref="FileNotFoundException">The folder holds no summary.</exception>
    /// <exception cref="DamagedFileException">The file is no summary.</exception>
    public static RunSummary Read(string runFolder)
    {
        var path = Path.Combine(runFolder, FileName);
        try
        {
            return JsonSerializer.Deserialize<RunSummary>(File.ReadAllBytes(path), _json) ?? throw new JsonException("The file is empty.");
        }
        catch (JsonException exception)
        {
            throw new DamagedFileException(path, $"'{path}' is not a summary of a run: {exception.Message}", exception);
        }
    }

    /// <summary>Changes the summary of a run folder, such as to add a test accuracy.</summary>
    /// <returns>Whether there is one: a folder that went while the training ran has none.</returns>
    /// <exception cref="DamagedFileException">The file is no summary.</exception>
    public static bool Update(string runFolder, Func<RunSummary, RunSummary> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (!File.Exists(Path.Combine(runFolder, FileName)))
            return false;
        change(Read(runFolder)).Write(runFolder);
        return true;
    }

    /// <summary>Lists the files of a run folder anew in its summary, and leaves all else in it as it is, also what others put there.</summary>
    /// <exception cref="DamagedFileException">The file is no summary.</exception>
    internal static void RefreshFiles(string runFolder)
    {
        var path = Path.Combine(runFolder, FileName);
        if (!File.Exists(path))
            return;
        try
        {
            var summary = JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? throw new JsonException("It is no object.");
            summary["files"] = new JsonArray([.. ListFiles(runFolder).Select(file => JsonValue.Create(file))]);
            WholeFile.Write(path, stream => JsonSerializer.Serialize(stream, summary, _json));
        }
        catch (JsonException exception)
        {
            throw new DamagedFileException(path, $"'{path}' is not a summary of a run: {exception.Message}", exception);
        }
    }

    /// <summary>Lists the run folder's files and writes the summary beside and renamed, so that a reader never sees half of it.</summary>
    public void Write(string runFolder)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(this with { Files = ListFiles(runFolder) }, _json); // listed before the file beside is there
        WholeFile.Write(Path.Combine(runFolder, FileName), stream => stream.Write(content));
    }

    private static string[] ListFiles(string runFolder)
    {
        var files = Directory.EnumerateFiles(runFolder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(runFolder, file).Replace('\\', '/'))
            .Append(FileName)
            .Where(file => !file.EndsWith(".tmp", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal);
        return [.. files.Order(StringComparer.Ordinal)];
    }

    private static double? Last(IReadOnlyList<Reading> readings) => readings.Count == 0 ? null : readings[^1].Value;
}
