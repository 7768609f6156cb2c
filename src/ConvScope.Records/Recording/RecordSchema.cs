using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConvScope.Records.Recording;

/// <summary>The tables of a record. A reader refuses a version newer than it knows; columns are only ever added.</summary>
internal static class RecordSchema
{
    /// <summary>Kept in SQLite's <c>user_version</c>.</summary>
    public const int Version = 1;

    /// <summary>File name of the record inside a run folder.</summary>
    public const string FileName = "run.db";

    /// <summary>Folder of the snapshots inside a run folder.</summary>
    public const string SnapshotFolder = "snapshots";

    /// <summary>How evidence is written: numbers that are not finite by name.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Names of the tables.</summary>
    public static readonly IReadOnlyList<string> Tables = ["metadata", "series", "steps", "readings", "histograms", "confusions", "snapshots", "findings"];

    /// <summary>A NaN is stored as NULL, which is how SQLite binds it; infinities are stored as they are.</summary>
    public const string Create = """
        CREATE TABLE metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE series (id INTEGER PRIMARY KEY, quantity TEXT NOT NULL, target TEXT NOT NULL, unit TEXT NOT NULL, UNIQUE (quantity, target));
        CREATE TABLE steps (step INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, seconds REAL NOT NULL);
        CREATE TABLE readings (series INTEGER NOT NULL REFERENCES series (id), step INTEGER NOT NULL REFERENCES steps (step), value REAL,
                               PRIMARY KEY (series, step)) WITHOUT ROWID;
        CREATE TABLE histograms (series INTEGER NOT NULL REFERENCES series (id), step INTEGER NOT NULL REFERENCES steps (step), counts BLOB NOT NULL,
                                 PRIMARY KEY (series, step)) WITHOUT ROWID;
        CREATE TABLE confusions (step INTEGER NOT NULL, epoch INTEGER NOT NULL, dataset TEXT NOT NULL, classes INTEGER NOT NULL, counts BLOB NOT NULL,
                                 PRIMARY KEY (step, dataset)) WITHOUT ROWID;
        CREATE TABLE snapshots (step INTEGER NOT NULL, epoch INTEGER NOT NULL, kind TEXT NOT NULL, file TEXT NOT NULL, PRIMARY KEY (step, kind));
        CREATE TABLE findings (id INTEGER PRIMARY KEY, rule TEXT NOT NULL, severity TEXT NOT NULL, target TEXT NOT NULL, first_step INTEGER NOT NULL, step INTEGER NOT NULL,
                               message TEXT NOT NULL, advice TEXT NOT NULL, evidence TEXT NOT NULL, UNIQUE (rule, target));
        PRAGMA user_version = 1;
        """;
}
