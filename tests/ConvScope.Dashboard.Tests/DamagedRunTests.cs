using System.Net;
using ConvScope.Records.Recording;
using Microsoft.Data.Sqlite;

namespace ConvScope.Dashboard.Tests;

/// <summary>Records that are damaged, each in its way, beside one that is whole: the list names them, and the whole one is served as ever.</summary>
public sealed class DamagedRunTests
{
    private static readonly (string Name, string Status, string Sql)[] _damaged =
    [
        ("null metadata", "damaged", "UPDATE metadata SET value = NULL WHERE key = 'started'"),
        ("no metadata", "damaged", "DROP TABLE metadata"),
        ("text for a step", "completed", "INSERT INTO steps (step, epoch, seconds) VALUES (9223372036854775807, 'many', 'long')"),
        ("unknown severity", "completed", "INSERT INTO findings (rule, severity, target, first_step, step, message, advice, evidence) VALUES ('a', 'Dreadful', '', 0, 0, '', '', '[]')"),
        ("broken evidence", "completed", "INSERT INTO findings (rule, severity, target, first_step, step, message, advice, evidence) VALUES ('a', 'Failure', '', 0, 0, '', '', '{')"),
        ("broken layers", "completed", "INSERT OR REPLACE INTO metadata (key, value) VALUES ('layers', '{')"),
        ("newer", "newer", "PRAGMA user_version = 7"),
    ];

    [Test]
    public async Task List_DamagedRuns_AreNamedAndTheOthersServed()
    {
        using var folder = new TemporaryFolder();
        Write(folder.File("whole"));
        foreach (var (name, _, sql) in _damaged)
        {
            Write(folder.File(name));
            Spoil(folder.File(name), sql);
        }

        Write(folder.File("cut off"));
        File.WriteAllBytes(folder.File("cut off/run.db"), File.ReadAllBytes(folder.File("cut off/run.db"))[..9000]);
        Directory.CreateDirectory(folder.File("empty"));
        File.WriteAllText(folder.File("empty/run.db"), "");

        await using var dashboard = await DashboardHost.StartAsync(folder.Path, new DashboardOptions());
        using var client = new HttpClient { BaseAddress = dashboard.Url };
        var list = System.Text.Json.JsonDocument.Parse(await client.GetStringAsync("api/runs")).RootElement;
        var entries = list.EnumerateArray().ToDictionary(entry => entry.GetProperty("name").GetString()!);
        Assert.That(entries.Keys, Is.EquivalentTo(_damaged.Select(run => run.Name).Concat(["whole", "cut off", "empty"])));
        Assert.That(entries["whole"].GetProperty("status").GetString(), Is.EqualTo("completed"));
        foreach (var (name, status, _) in _damaged.Append(("cut off", "damaged", "")).Append(("empty", "damaged", "")))
        {
            Assert.That(entries[name].GetProperty("status").GetString(), Is.EqualTo(status), name);
            if (status != "completed")
                Assert.That(entries[name].GetProperty("fault").GetString(), Does.Contain("run.db"), name);
        }

        foreach (var (name, entry) in entries)
        {
            using var answer = await client.GetAsync($"api/runs/{entry.GetProperty("id").GetString()}");
            Assert.That(answer.StatusCode, name is "whole" ? Is.EqualTo(HttpStatusCode.OK) : Is.EqualTo(HttpStatusCode.OK).Or.EqualTo(HttpStatusCode.UnprocessableEntity), name);
        }
    }

    private static void Write(string folder)
    {
        var metadata = new Dictionary<string, string> { ["network"] = "toy", ["device"] = "cpu", ["status"] = "completed", ["started"] = "2026-01-01T00:00:00.0000000+00:00" };
        using var writer = new RunRecordWriter(folder, metadata, _ => { });
        writer.Append(new StepReadings(0, 1, 0.1, [(new Series("loss", "", "nats"), 1)]));
    }

    private static void Spoil(string folder, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "run.db")};Pooling=False");
        connection.Open();
        foreach (var statement in new[] { "PRAGMA writable_schema = ON", "UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '')", "PRAGMA writable_schema = RESET", sql })
        {
            using var command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }
}
