using System.Text.Json;
using ConvScope.Records.Files;
using Microsoft.Data.Sqlite;

namespace ConvScope.Records.Recording;

/// <summary>The writing side of the tables: prepared statements on one connection, used by one thread at a time.</summary>
internal sealed class RecordTables : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<Series, long> _series = [];
    private readonly SqliteCommand _insertStep;
    private readonly SqliteCommand _insertReading;
    private readonly SqliteCommand _insertHistogram;

    private RecordTables(string path, IReadOnlyDictionary<string, string> metadata)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            _connection.Open();
            Execute("PRAGMA journal_mode = WAL");
            Execute("PRAGMA synchronous = NORMAL"); // whole after a kill; a power cut may cost the last transactions, never the file
            InTransaction(() =>
            {
                Execute(RecordSchema.Create);
                SetMetadata(metadata); // a record without a status is none
            });
            _insertStep = Prepare("INSERT OR IGNORE INTO steps VALUES ($step, $epoch, $seconds)", "$step", "$epoch", "$seconds");
            _insertReading = Prepare("INSERT OR IGNORE INTO readings VALUES ($series, $step, $value)", "$series", "$step", "$value");
            _insertHistogram = Prepare("INSERT OR IGNORE INTO histograms VALUES ($series, $step, $counts)", "$series", "$step", "$counts");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Makes a record where there is none.</summary>
    public static RecordTables Start(string path, IReadOnlyDictionary<string, string> metadata)
    {
        using (new FileStream(path, FileMode.CreateNew)) { } // claims the folder, also against another process
        try
        {
            return new RecordTables(path, metadata);
        }
        catch
        {
            foreach (var file in new[] { path, $"{path}-wal", $"{path}-shm", $"{path}-journal" })
                WholeFile.Discard(file);
            throw;
        }
    }

    public void InTransaction(Action write)
    {
        Execute("BEGIN IMMEDIATE");
        try
        {
            write();
            Execute("COMMIT");
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    public void Insert(StepReadings readings)
    {
        Run(_insertStep, readings.Step, readings.Epoch, readings.Seconds);
        foreach (var (series, value) in readings.Values)
            Run(_insertReading, Id(series), readings.Step, double.IsNaN(value) ? DBNull.Value : value);
        foreach (var (name, target, counts) in readings.Histograms)
            Run(_insertHistogram, Id(new Series(name, target, Series.HistogramUnit)), readings.Step, HistogramCode.Pack(counts));
        if (readings.Finding is { } finding)
            UpsertFinding(finding);
    }

    public void InsertSnapshot(long step, int epoch, SnapshotKind kind, string file) =>
        Execute("INSERT OR IGNORE INTO snapshots VALUES ($1, $2, $3, $4)", step, epoch, kind.ToString(), file);

    public void DeleteSnapshot(string file) => Execute("DELETE FROM snapshots WHERE file = $1", file);

    public void InsertConfusion(long step, int epoch, string dataset, ConfusionMatrix confusion) => Execute(
        "INSERT OR IGNORE INTO confusions VALUES ($1, $2, $3, $4, $5)", step, epoch, dataset, confusion.ClassCount, HistogramCode.Pack(confusion.Counts));

    /// <summary>Adds a finding; a later conclusion of the same rule about the same target replaces the earlier one.</summary>
    public void UpsertFinding(Finding finding) => Execute(
        """
        INSERT INTO findings (rule, severity, target, first_step, step, message, advice, evidence) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (rule, target) DO UPDATE SET severity = $2, step = $5, message = $6, advice = $7, evidence = $8
        """,
        finding.Rule, finding.Severity.ToString(), finding.Target, finding.FirstStep, finding.Step, finding.Message, finding.Advice, JsonSerializer.Serialize(finding.Evidence, RecordSchema.Json));

    public void SetMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var (key, value) in metadata)
            Execute("INSERT OR REPLACE INTO metadata VALUES ($1, $2)", key, value);
    }

    public void Dispose()
    {
        _insertStep.Dispose();
        _insertReading.Dispose();
        _insertHistogram.Dispose();
        LeaveWal();
        _connection.Dispose();
    }

    private void RollBack()
    {
        try
        {
            Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has done so itself, as it does when the disk is full; what counts is why
        }
    }

    /// <summary>
    /// A closed record is one plain file, which can be read where nothing may be written. A reader that has it open keeps it in WAL mode; all readings are in
    /// the one file also then.
    /// </summary>
    private void LeaveWal()
    {
        try
        {
            Execute("PRAGMA wal_checkpoint(PASSIVE)");
            Execute("PRAGMA journal_mode = DELETE", timeoutSeconds: 1); // the default of 30 would hold up the end of a training that is being watched
        }
        catch (SqliteException)
        {
            // a reader has the record open: it stays as it is, and as readable
        }
    }

    private long Id(Series series)
    {
        if (_series.TryGetValue(series, out var id))
            return id;
        using var command = Prepare("INSERT INTO series (quantity, target, unit) VALUES ($quantity, $target, $unit) RETURNING id", "$quantity", "$target", "$unit");
        command.Parameters[0].Value = series.Quantity;
        command.Parameters[1].Value = series.Target;
        command.Parameters[2].Value = series.Unit;
        return _series[series] = (long)command.ExecuteScalar()!;
    }

    private SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }

    private void Execute(string sql, params ReadOnlySpan<object> values)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"${i + 1}", values[i]);
        command.ExecuteNonQuery();
    }

    private void Execute(string sql, int timeoutSeconds)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = timeoutSeconds;
        command.ExecuteNonQuery();
    }
}
