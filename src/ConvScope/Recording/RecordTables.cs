using Microsoft.Data.Sqlite;

namespace ConvScope.Recording;

/// <summary>The writing side of the tables: prepared statements on one connection, used by one thread at a time.</summary>
internal sealed class RecordTables : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<Series, long> _series = [];
    private readonly SqliteCommand _insertStep;
    private readonly SqliteCommand _insertReading;

    public RecordTables(string path)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        Execute("PRAGMA journal_mode = WAL");
        Execute("PRAGMA synchronous = NORMAL"); // whole after a kill; a power cut may cost the last transactions, never the file
        InTransaction(() => Execute(RecordSchema.Create));
        _insertStep = Prepare("INSERT OR IGNORE INTO steps VALUES ($step, $epoch, $seconds)", "$step", "$epoch", "$seconds");
        _insertReading = Prepare("INSERT OR IGNORE INTO readings VALUES ($series, $step, $value)", "$series", "$step", "$value");
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
    }

    public void InsertSnapshot(long step, int epoch, string file)
    {
        using var command = Prepare("INSERT OR IGNORE INTO snapshots VALUES ($step, $epoch, $file)", "$step", "$epoch", "$file");
        Run(command, step, epoch, file);
    }

    public void SetMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        using var command = Prepare("INSERT OR REPLACE INTO metadata VALUES ($key, $value)", "$key", "$value");
        foreach (var (key, value) in metadata)
            Run(command, key, value);
    }

    public void Dispose()
    {
        _insertStep.Dispose();
        _insertReading.Dispose();
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

    private void Execute(string sql, int timeoutSeconds = 30)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = timeoutSeconds;
        command.ExecuteNonQuery();
    }
}
