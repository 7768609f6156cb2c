using System.Text.Json;
using ConvScope.Records.Files;
using Microsoft.Data.Sqlite;

namespace ConvScope.Records.Recording;

/// <summary>
/// Reads what one training wrote down: metadata, series of readings, and weight snapshots. It needs no libtorch and may be open
/// while the training still writes; every call sees the record as it is at that moment.
/// </summary>
/// <remarks>
/// One instance belongs to one thread at a time; open as many as there are readers. Reading from a file that is damaged throws an <see cref="DamagedFileException"/>.
/// </remarks>
public sealed class RunRecord : IDisposable
{
    private readonly RecordConnection _connection;

    private RunRecord(string folder, RecordConnection connection)
    {
        Folder = folder;
        _connection = connection;
    }

    /// <summary>The run folder: <c>run.db</c> lies in it, <c>snapshots/</c> beside that.</summary>
    public string Folder { get; }

    /// <summary>Opens the record of a run folder for reading; nothing is ever written to it.</summary>
    /// <param name="folder">The folder that holds <c>run.db</c>.</param>
    /// <exception cref="FileNotFoundException">The folder holds no record.</exception>
    /// <exception cref="DamagedFileException">The file is no record, or is damaged.</exception>
    /// <exception cref="NewerRecordException">It was written by a newer version.</exception>
    public static RunRecord Open(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var path = Path.Combine(folder, RecordSchema.FileName);
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{folder}' holds no record: there is no {RecordSchema.FileName} in it.", path);
        return new RunRecord(folder, RecordConnection.Open(path));
    }

    /// <summary>What is known of the run: network, options, seed, data set, versions, device, status. Keys are stable names.</summary>
    public IReadOnlyDictionary<string, string> ReadMetadata() =>
        Query("SELECT key, value FROM metadata", row => (row.GetString(0), row.GetString(1))).ToDictionary(pair => pair.Item1, pair => pair.Item2);

    /// <summary>The series that have been started so far, in the order in which they first appeared.</summary>
    public IReadOnlyList<Series> ReadSeries() =>
        Query("SELECT quantity, target, unit FROM series ORDER BY id", row => new Series(row.GetString(0), row.GetString(1), row.GetString(2)));

    /// <summary>The readings of one series in the order of their steps.</summary>
    /// <param name="quantity">Name of the quantity, as in <see cref="Series.Quantity"/>.</param>
    /// <param name="target">Parameter or layer; empty for the whole network.</param>
    /// <param name="afterStep">Only readings with a larger step; -1 for all. A follower passes the last step that it has.</param>
    /// <returns>The readings; empty where the series does not exist.</returns>
    public IReadOnlyList<Reading> Read(string quantity, string target = "", long afterStep = -1) => Query(
        """
        SELECT r.step, s.epoch, r.value FROM readings r JOIN steps s ON s.step = r.step
        WHERE r.series = (SELECT id FROM series WHERE quantity = $quantity AND target = $target) AND r.step > $after ORDER BY r.step
        """,
        row => new Reading(row.GetInt64(0), row.GetInt32(1), row.IsDBNull(2) ? double.NaN : row.GetDouble(2)),
        ("$quantity", quantity), ("$target", target), ("$after", afterStep));

    /// <summary>The last step of which anything was recorded; -1 before the first.</summary>
    public long ReadLastStep() => Query("SELECT max(step) FROM steps", row => row.IsDBNull(0) ? -1 : row.GetInt64(0))[0];

    /// <summary>How far the record has come, in one short query: what a follower asks before it reads anything else.</summary>
    public RunProgress ReadProgress()
    {
        var status = ReadStatus();
        return Query(
            """
            SELECT (SELECT ifnull(max(step), -1) FROM steps), (SELECT count(*) FROM series), (SELECT count(*) + ifnull(sum(step), 0) FROM snapshots),
                   (SELECT count(*) + ifnull(sum(step), 0) FROM findings), (SELECT count(*) FROM confusions)
            """,
            row => new RunProgress(status, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)))[0];
    }

    /// <summary>The steps of which anything was recorded, in their order.</summary>
    /// <param name="afterStep">Only larger steps; -1 for all.</param>
    public IReadOnlyList<RecordedStep> ReadSteps(long afterStep = -1) => Query(
        "SELECT step, epoch, seconds FROM steps WHERE step > $after ORDER BY step", row => new RecordedStep(row.GetInt64(0), row.GetInt32(1), row.GetDouble(2)), ("$after", afterStep));

    /// <summary>
    /// How the run stands: the status in its metadata, or <c>lost</c> for one that is still called running although its process is gone. A process on another machine cannot be seen; such
    /// a run is called lost when nothing was written for ten minutes.
    /// </summary>
    public string ReadStatus()
    {
        var metadata = ReadMetadata();
        var status = metadata.GetValueOrDefault(MetadataNames.Status, "");
        return status == "running" && !RecordingProcess.IsAlive(metadata, Path.Combine(Folder, RecordSchema.FileName)) ? "lost" : status;
    }

    /// <summary>The histograms of one series in the order of their steps.</summary>
    /// <param name="name">Name of the histogram, such as <see cref="QuantityNames.GradientHistogram"/>.</param>
    /// <param name="target">The parameter.</param>
    /// <param name="afterStep">Only histograms with a larger step; -1 for all.</param>
    public IReadOnlyList<Histogram> ReadHistograms(string name, string target, long afterStep = -1) => Query(
        """
        SELECT h.step, s.epoch, h.counts FROM histograms h JOIN steps s ON s.step = h.step
        WHERE h.series = (SELECT id FROM series WHERE quantity = $quantity AND target = $target) AND h.step > $after ORDER BY h.step
        """,
        row => new Histogram(row.GetInt64(0), row.GetInt32(1), HistogramCode.Unpack(row.GetFieldValue<byte[]>(2))),
        ("$quantity", name), ("$target", target), ("$after", afterStep));

    /// <summary>The confusions of each epoch.</summary>
    /// <param name="dataset"><c>train</c> or <c>validation</c>.</param>
    public IReadOnlyList<(int Epoch, ConfusionMatrix Confusion)> ReadConfusions(string dataset) => Query(
        "SELECT epoch, classes, counts FROM confusions WHERE dataset = $dataset ORDER BY step",
        row => (row.GetInt32(0), new ConfusionMatrix(row.GetInt32(1), HistogramCode.Unpack(row.GetFieldValue<byte[]>(2)))), ("$dataset", dataset));

    /// <summary>What the diagnosis concluded, worst first, then in the order of first steps.</summary>
    public IReadOnlyList<Finding> ReadFindings() =>
    [
        .. Query(
            "SELECT rule, severity, target, first_step, step, message, advice, evidence FROM findings",
            row => new Finding(row.GetString(0), Severity(row.GetString(1)), row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetString(5), row.GetString(6))
            {
                Evidence = JsonSerializer.Deserialize<List<Evidence>>(row.GetString(7), RecordSchema.Json) ?? [],
            }).OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.FirstStep),
    ];

    /// <summary>The snapshots of a kind in the order of their steps.</summary>
    public IReadOnlyList<Snapshot> ReadSnapshots(SnapshotKind kind = SnapshotKind.Weights) => Query(
        "SELECT step, epoch, file FROM snapshots WHERE kind = $kind ORDER BY step",
        row => new Snapshot(row.GetInt64(0), row.GetInt32(1), kind, Inside(row.GetString(2))), ("$kind", kind.ToString()));

    /// <summary>What the record names as snapshots, in the order of their steps, of all kinds, also those that only a newer version knows.</summary>
    internal IReadOnlyList<(string Kind, int Epoch, string File)> ReadSnapshotFiles()
    {
        var files = Query("SELECT kind, epoch, file FROM snapshots ORDER BY step", row => (Kind: row.GetString(0), Epoch: row.GetInt32(1), File: row.GetString(2)));
        files.ForEach(snapshot => Inside(snapshot.File));
        return files;
    }

    /// <inheritdoc />
    public void Dispose() => _connection.Dispose();

    private static Severity Severity(string text) => Enum.TryParse<Severity>(text, out var severity) && Enum.IsDefined(severity) ? severity : throw new FormatException($"'{text}' is no severity.");

    /// <summary>A file of the run; a record that names one elsewhere is not to be trusted.</summary>
    private string Inside(string file)
    {
        var path = Path.Combine(Folder, file);
        return Path.IsPathRooted(file) || file.Split('/', '\\').Contains("..")
            ? throw new DamagedFileException(Path.Combine(Folder, RecordSchema.FileName), $"'{Path.Combine(Folder, RecordSchema.FileName)}' names a snapshot outside its own folder.") : path;
    }

    private List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params (string Name, object Value)[] parameters) => _connection.Query(sql, read, parameters);
}
