using System.Text.Json;
using ConvScope.Records.Files;
using Microsoft.Data.Sqlite;

namespace ConvScope.Records.Recording;

/// <summary>A record that is open for reading. Whatever is wrong with it becomes one error that names it.</summary>
internal sealed class RecordConnection : IDisposable
{
    private const int Error = 1, Damaged = 11, CannotOpen = 14, Mismatch = 20, OtherFormat = 24, NoDatabase = 26; // SQLite's codes
    private const int ReadOnly = 8;

    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly bool _hasLog; // with something in it: SQLite makes an empty one
    private string? _copy; // a folder of our own with what SQLite cannot open in its place

    private RecordConnection(string path, SqliteConnection connection, string? copy) => (_path, _connection, _copy, _hasLog) = (path, connection, copy, new FileInfo($"{path}-wal") is { Exists: true, Length: > 0 });

    /// <summary>Opens a record, checks its version and its tables.</summary>
    /// <exception cref="DamagedFileException">It is no record, or damaged.</exception>
    /// <exception cref="NewerRecordException">It was written by a newer version.</exception>
    public static RecordConnection Open(string path)
    {
        if (new FileInfo(path).Length == 0)
            throw new DamagedFileException(path, $"'{path}' is not a readable record: it is empty. Either its training begins at this moment, or it could not be written.");
        var connection = new RecordConnection(path, Connect(path, ""), null);
        try
        {
            try
            {
                connection.Check();
            }
            catch (SqliteException exception) when (exception.SqliteErrorCode is CannotOpen or ReadOnly)
            {
                connection.Dispose();
                connection = OpenInPlaceThatCannotBeWritten(path);
                connection.Check();
            }

            return connection;
        }
        catch (Exception exception)
        {
            connection.Dispose();
            if (exception is SqliteException { SqliteErrorCode: not (5 or 6) } or InvalidCastException or InvalidOperationException) // but for one that is busy
                throw new DamagedFileException(path, $"'{path}' is not a readable record: {exception.Message}", exception);
            throw;
        }
    }

    /// <summary>Reads the rows of a query.</summary>
    /// <exception cref="DamagedFileException">A value is not what it should be, or the file is damaged.</exception>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params (string Name, object Value)[] parameters)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        try
        {
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
                rows.Add(read(reader));
            return rows;
        }
        catch (Exception exception) when (IsOfTheFile(exception))
        {
            var table = RecordSchema.Tables.Where(name => sql.Contains($"FROM {name}", StringComparison.Ordinal)).MinBy(name => sql.IndexOf($"FROM {name}", StringComparison.Ordinal));
            throw new DamagedFileException(_path, $"'{_path}' is damaged{(table is null ? "" : $" in its table '{table}'")}: {exception.Message}", exception) { Place = table };
        }
    }

    public void Dispose()
    {
        _connection.Dispose();
        if (_copy is null)
            return;
        try
        {
            Directory.Delete(_copy, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // the system clears its temporary files
        }

        _copy = null;
    }

    private static bool IsOfTheFile(Exception exception) => exception switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode is Error or Damaged or Mismatch or OtherFormat or NoDatabase,
        DamagedFileException or OutOfMemoryException => false,
        InvalidCastException or InvalidOperationException or FormatException or OverflowException or ArgumentException or JsonException or InvalidDataException or NotSupportedException or NullReferenceException => true,
        _ => false,
    };

    /// <summary>
    /// Where SQLite cannot make the file of shared memory that a log needs, such as on a read-only disk: a record without a log is read as one that nobody changes; one with a log is copied first.
    /// </summary>
    private static RecordConnection OpenInPlaceThatCannotBeWritten(string path)
    {
        var log = new FileInfo($"{path}-wal");
        if (log is not { Exists: true, Length: > 0 })
            return new RecordConnection(path, Connect(path, "?immutable=1"), null);
        var copy = Directory.CreateTempSubdirectory("convscope-record-").FullName;
        File.Copy(path, Path.Combine(copy, RecordSchema.FileName));
        File.Copy(log.FullName, Path.Combine(copy, $"{RecordSchema.FileName}-wal"));
        return new RecordConnection(path, Connect(Path.Combine(copy, RecordSchema.FileName), ""), copy);
    }

    private static SqliteConnection Connect(string path, string query)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = query.Length == 0 ? path : new Uri(Path.GetFullPath(path)).AbsoluteUri + query,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = 5,
        }.ToString());
        return connection;
    }

    private void Check()
    {
        _connection.Open();
        CheckVersion();
        var missing = new List<string>(RecordSchema.Tables);
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_schema WHERE type = 'table'";
        using var reader = command.ExecuteReader();
        while (reader.Read())
            missing.Remove(reader.GetString(0));
        if (missing.Count > 0)
            throw new DamagedFileException(_path, $"'{_path}' is not a readable record: it has no table '{missing[0]}'.") { Place = missing[0] };
    }

    private void CheckVersion()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        var version = (long)command.ExecuteScalar()!;
        if (version > RecordSchema.Version)
            throw new NewerRecordException(_path, version);
        if (version < 1)
        {
            throw new DamagedFileException(_path, _hasLog
                ? $"'{_path}' is not a readable record: nothing in it is whole yet. Its training begins at this moment, or was ended before its record began."
                : $"'{_path}' holds nothing yet, and there is no '{RecordSchema.FileName}-wal' beside it: of a training that was killed, that file holds what was recorded, and it has to be copied with the record.");
        }
    }
}
