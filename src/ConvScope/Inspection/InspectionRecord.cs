using System.Globalization;
using System.Text.Json;
using ConvScope.Measuring;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;
using ConvScope.Training.Saving;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace ConvScope.Inspection;

/// <summary>
/// What an inspection hands on: to the record, where one can be written, and to who listens. Its parts are done here too: timed, asked for where the budget
/// may not have them, and left out once they have failed.
/// </summary>
/// <param name="options">Where the record is kept.</param>
/// <param name="ledger">Knows what may be spent.</param>
/// <param name="leftOut">Keeps a part that fails from the others.</param>
/// <param name="logger">Gets the warning where the record cannot be written, and what was left out for the budget's sake.</param>
internal sealed partial class InspectionRecord(InspectionOptions options, InspectionLedger ledger, LeftOut leftOut, ILogger logger) : IDisposable
{
    private readonly Dictionary<(string, string), Series> _series = [];
    private bool _knowsLayers;
    private string _calls = NetworkCalls.Plain;
    private StepReadings? _atStart;
    private Action<StepReadings>? _listener;
    private RunRecordWriter? _writer;

    /// <summary>The run folder; null where none could be written.</summary>
    public RunDirectory? Directory { get; private set; }

    /// <summary>Whether all that was handed to it could be written.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>Whether anybody takes what is measured.</summary>
    public bool IsTaken => _writer is not null || _listener is not null;

    /// <summary>Claims the run folder and starts the record in it.</summary>
    /// <param name="metadata">What is known of the run.</param>
    /// <param name="origin">What the run is called and goes on from.</param>
    public void Claim(Dictionary<string, string> metadata, TrainingOrigin origin)
    {
        RunConditions.AddTo(metadata, options);
        metadata[MetadataNames.NetworkCalls] = _calls;
        RunDirectory? claimed = null;
        try
        {
            claimed = RunDirectory.Claim(options.Folder, origin.Run, origin.Parent);
            RunConditions.AddOrigin(metadata, origin, claimed);
            _writer = new RunRecordWriter(claimed.Folder, metadata, Warn)
            {
                Retention = options.Snapshots,
                SnapshotLimit = options.SnapshotLimit,
                OnSnapshotLimit = cuts => LogSnapshots(logger, claimed.Folder, cuts),
            };
            Directory = claimed;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or SqliteException)
        {
            claimed?.Release();
            Warn(exception);
        }
    }

    /// <summary>Tells of all readings, those that were made before the first step first, on the training's thread and after they were handed to the record.</summary>
    public void Listen(Action<StepReadings> listener)
    {
        _listener += listener;
        if (_atStart is { } atStart)
            Part("diagnosis", () => listener(atStart));
    }

    /// <summary>More of what is known of the run; the record's own thread asks for it. Null for nothing.</summary>
    public void SetMetadata(Func<IReadOnlyDictionary<string, string>>? more)
    {
        if (more is not null)
            _writer?.SetMetadata(more);
    }

    /// <summary>Adds readings that were made before the first step; who listens later is told of them.</summary>
    public void AppendAtStart(StepReadings readings)
    {
        _atStart = readings;
        Append(readings);
    }

    /// <summary>Adds readings.</summary>
    public void Append(StepReadings readings)
    {
        _writer?.Append(readings);
        if (_listener is { } listener)
            Part("diagnosis", () => listener(readings));
    }

    /// <summary>Adds the confusions of an epoch; null where there are none.</summary>
    public void Append(long step, int epoch, string dataset, ConfusionMatrix? confusion)
    {
        if (confusion is not null)
            _writer?.Append(step, epoch, dataset, confusion);
    }

    /// <summary>Adds a finding.</summary>
    public void Append(Finding finding) => _writer?.Append(finding);

    /// <summary>Adds a snapshot; no arrays make none.</summary>
    public void Append(long step, int epoch, SnapshotKind kind, IReadOnlyList<NamedArray> arrays)
    {
        if (arrays.Count > 0)
            _writer?.AppendSnapshot(step, epoch, kind, arrays);
    }

    /// <summary>Adds a snapshot of the weights and of what the network keeps beside them; no tensors make none.</summary>
    public void AppendWeights(long step, int epoch, IReadOnlyList<StoredTensor> tensors)
    {
        if (tensors.Count > 0)
            _writer?.AppendWeights(step, epoch, tensors);
    }

    /// <summary>Adds a snapshot where the ledger affords it. Its cost is kept under the name of the part; before the first time it is estimated.</summary>
    public void Append(
        long step, int epoch, SnapshotKind kind, string part, double estimate, Worth worth, Func<IReadOnlyList<NamedArray>> read)
    {
        if (ledger.Ask(part, ledger.Last(part) is > 0 and var last ? last : estimate, worth))
            Append(step, epoch, kind, Part(part, read, []));
    }

    /// <summary>Does a part of the inspection, times it, and leaves it out once it has failed.</summary>
    public T Part<T>(string name, Func<T> work, T otherwise) => leftOut.Try(name, () => ledger.Time(name, work), otherwise);

    /// <inheritdoc cref="Part{T}" />
    public void Part(string name, Action work) => leftOut.Try(name, () => ledger.Time(name, work));

    /// <summary>Keeps the layers' names and kinds once they are known.</summary>
    public void NoteLayers(IReadOnlyList<LayerFact> layers)
    {
        if (_knowsLayers || layers.Count == 0)
            return;
        _knowsLayers = true;
        SetMetadata(() => new Dictionary<string, string> { [MetadataNames.Layers] = JsonSerializer.Serialize(layers, JsonSerializerOptions.Web) });
    }

    /// <summary>Says how the network is called, and keeps what is left out from now on.</summary>
    public void NoteLeftOut(string calls)
    {
        _calls = calls;
        leftOut.Noted = () => _writer?.SetMetadata(new Dictionary<string, string> { [MetadataNames.LeftOut] = LeftOutPart.Text(leftOut.Parts) });
    }

    /// <summary>What was measured, as readings of its series.</summary>
    public List<(Series Series, double Value)> Values(Measurement measured, OutputFacts outputs)
    {
        var values = new List<(Series, double)>(measured.Scalars.Count);
        foreach (var (quantity, target, value) in measured.Scalars)
            values.Add((SeriesOf(quantity.Name, target, outputs.Unit(quantity)), value));
        return values;
    }

    /// <summary>The series of a quantity and a target.</summary>
    public Series SeriesOf(string quantity, string target, string unit) =>
        _series.TryGetValue((quantity, target), out var series) ? series : _series[(quantity, target)] = new Series(quantity, target, unit);

    /// <summary>Closes the record.</summary>
    /// <param name="status"><c>completed</c>, <c>cancelled</c> or <c>failed</c>.</param>
    /// <param name="seconds">Gives the duration of the training; asked for when all has been written, which counts as inspection.</param>
    /// <param name="costs">What groups of quantities cost, in seconds.</param>
    /// <param name="more">What else is known by now.</param>
    public void End(
        string status, Func<double> seconds, IEnumerable<(string Group, double Seconds)> costs, IReadOnlyDictionary<string, string>? more)
    {
        ledger.Over();
        var metadata = new Dictionary<string, string>(more ?? new Dictionary<string, string>());
        ledger.Time("writing", () => _writer?.Flush());
        metadata[MetadataNames.Status] = status;
        metadata[MetadataNames.TrainingSeconds] = seconds().ToString(CultureInfo.InvariantCulture);
        metadata[MetadataNames.InspectionSeconds] = ledger.Seconds.ToString(CultureInfo.InvariantCulture);
        metadata[MetadataNames.InspectionCosts] = ledger.Describe(costs);
        if (ledger.Cuts is { Count: > 0 } cuts)
        {
            metadata[MetadataNames.InspectionCuts] = string.Join("; ", cuts);
            LogCuts(logger, options.Budget ?? 1, metadata[MetadataNames.InspectionCuts]);
        }

        _writer?.SetMetadata(metadata);
        Dispose();
    }

    /// <summary>Closes the record as it is; harmless when called again.</summary>
    public void Dispose()
    {
        _writer?.Dispose();
        _writer = null;
        _listener = null;
    }

    private void Warn(Exception exception)
    {
        IsWhole = false;
        LogUnwritable(logger, options.Folder, exception.Message, exception);
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The inspection's budget of {Budget:0.##%} of the training's time left out: {Cuts}. A larger InspectionOptions.Budget has more of it, null all.")]
    private static partial void LogCuts(ILogger logger, double budget, string cuts);

    [LoggerMessage(Level = LogLevel.Information, Message = "Snapshots in '{Folder}': {Cuts}. From now on older ones give way, and what finds no room is left out; the record keeps count.")]
    private static partial void LogSnapshots(ILogger logger, string folder, string cuts);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The record in '{Folder}' cannot be written; the training goes on without it. {Reason}")]
    private static partial void LogUnwritable(ILogger logger, string folder, string reason, Exception exception);
}
