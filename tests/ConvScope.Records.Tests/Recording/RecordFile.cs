using Microsoft.Data.Sqlite;

namespace ConvScope.Records.Tests.Recording;

/// <summary>Reaches into a record from outside, as another program could.</summary>
internal static class RecordFile
{
    /// <summary>Path of the record in a run folder.</summary>
    public static string In(string folder) => Path.Combine(folder, "run.db");

    /// <summary>Runs statements on the record; a database that is not there is made.</summary>
    public static void Execute(string folder, string sql) => Query(folder, sql);

    /// <summary>The first column of the first row, as text.</summary>
    public static string Query(string folder, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = In(folder), Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return $"{command.ExecuteScalar()}";
    }
}
