using System.Diagnostics;
using System.Globalization;
using ConvScope.Records.Files;
using ConvScope.Records.Recording;
using Microsoft.Data.Sqlite;

namespace ConvScope.Records.Tests.Recording;

/// <summary>A real record with bytes and rows changed: each ends in an answer or in an error that names the file, and never in another one.</summary>
public sealed class RecordFuzzTests
{
    private static readonly string _original = Path.Combine(TestContext.CurrentContext.TestDirectory, "fixtures", "v1", RecordSchema.FileName);
    private static readonly int _inputs = int.Parse(Environment.GetEnvironmentVariable("CONVSCOPE_FUZZ") ?? "150", CultureInfo.InvariantCulture);
    private static readonly string[] _values = ["NULL", "''", "'running'", "-1", "9223372036854775807", "1e308", "x'00ff'", "'{'", "'[{}]'", "'null'", "9e999"];

    [Test]
    public void Read_BytesChanged_EndsInAnAnswerOrAnErrorThatNamesTheFile() => Try((folder, random) =>
    {
        var bytes = File.ReadAllBytes(_original);
        for (var count = random.Next(1, 20); count > 0; count--)
            bytes[random.Next(random.Next(2) == 0 ? 4096 : bytes.Length)] = (byte)random.Next(256);
        File.WriteAllBytes(RecordFile.In(folder), random.Next(5) == 0 ? bytes[..random.Next(bytes.Length)] : bytes);
    });

    [Test]
    public void Read_RowsChanged_EndsInAnAnswerOrAnErrorThatNamesTheFile() => Try((folder, random) =>
    {
        File.Copy(_original, RecordFile.In(folder), overwrite: true);
        using var connection = new SqliteConnection($"Data Source={RecordFile.In(folder)};Pooling=False");
        connection.Open();
        Execute("PRAGMA writable_schema = ON");
        Execute("UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '')"); // as a foreign tool may have made it
        Execute("PRAGMA writable_schema = RESET");
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var table = RecordSchema.Tables[random.Next(RecordSchema.Tables.Count)];
            var columns = Columns(table);
            var column = columns[random.Next(columns.Count)];
            Execute(random.Next(12) switch
            {
                0 => $"DROP TABLE {table}",
                1 => $"ALTER TABLE {table} RENAME COLUMN {column} TO other",
                2 => $"DELETE FROM {table}",
                _ => $"UPDATE OR IGNORE {table} SET {column} = {_values[random.Next(_values.Length)]} WHERE random() % {random.Next(1, 9)} = 0",
            });
        }

        void Execute(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            try
            {
                command.ExecuteNonQuery();
            }
            catch (SqliteException)
            {
                // a table that is gone, or a value that this column cannot have
            }
        }

        List<string> Columns(string table)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT name FROM pragma_table_info('{table}')";
            using var reader = command.ExecuteReader();
            var names = new List<string>();
            while (reader.Read())
                names.Add(reader.GetString(0));
            return names.Count > 0 ? names : ["step"];
        }
    });

    private static void Try(Action<string, Random> spoil)
    {
        var random = new Random(1);
        var (answers, slowest) = (0, TimeSpan.Zero);
        for (var i = 0; i < _inputs; i++)
        {
            using var folder = new TemporaryFolder();
            spoil(folder.Path, random);
            var clock = Stopwatch.GetTimestamp();
            answers += TryRead(folder.Path, i) ? 1 : 0;
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(clock).Ticks));
        }

        TestContext.Out.WriteLine($"{answers} of {_inputs} were read; slowest {slowest.TotalMilliseconds:F1} ms");
        Assert.That(slowest, Is.LessThan(Patience.Limit), "it hangs");
    }

    private static bool TryRead(string folder, int input)
    {
        try
        {
            using var record = RunRecord.Open(folder);
            record.ReadMetadata();
            record.ReadProgress();
            record.ReadSteps();
            record.ReadFindings();
            foreach (var series in record.ReadSeries())
            {
                record.Read(series.Quantity, series.Target);
                record.ReadHistograms(series.Quantity, series.Target);
            }

            foreach (var dataset in new[] { "train", "validation" })
                record.ReadConfusions(dataset);
            foreach (var kind in Enum.GetValues<SnapshotKind>())
                record.ReadSnapshots(kind);
            RunSummary.FromRecord(folder);
            return true;
        }
        catch (Exception exception) when (exception is DamagedFileException or NewerRecordException)
        {
            Assert.That(exception.Message, Does.Contain(RecordFile.In(folder)), $"input {input}");
            return false;
        }
        catch (Exception exception)
        {
            Assert.Fail($"input {input}: {exception}");
            return false;
        }
    }
}
