using System.Security.Cryptography;
using System.Text.Json;
using ConvScope.Disk;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;
using Microsoft.Data.Sqlite;
using SkiaSharp;

namespace ConvScope.Tests.Inspection;

/// <summary>What is wrong with the files of a run.</summary>
internal static class RunFiles
{
    private static readonly string[] _expected = [RecordSchema.FileName, RunSummary.FileName, "report.html", "checkpoints/best.pth", "checkpoints/epoch-003.pth", "figures/loss.svg"];

    /// <summary>A fingerprint of each file.</summary>
    public static Dictionary<string, string> Contents(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .ToDictionary(path => Path.GetRelativePath(folder, path), path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))));

    /// <summary>Files that are other than they were; a note of who goes on from them may be new.</summary>
    public static IEnumerable<string> Changed(string folder, Dictionary<string, string> before)
    {
        var now = Contents(folder);
        return before.Keys.Where(name => now.GetValueOrDefault(name) != before[name]).Select(name => $"{name} of the earlier run is another or gone")
            .Concat(now.Keys.Where(name => !before.ContainsKey(name) && !name.Contains("continued-", StringComparison.Ordinal)).Select(name => $"{name} is new in the earlier run"));
    }

    /// <summary>What is not whole after a fault, and what is missing without a word.</summary>
    public static IEnumerable<string> Faults(string run, DiskFault fault, bool isWarned)
    {
        var files = Directory.Exists(run) ? Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories).ToList() : [];
        foreach (var file in files)
        {
            if (Fault(file, fault) is { } what)
                yield return $"{Path.GetRelativePath(run, file)} {what}";
        }

        if (!isWarned)
        {
            foreach (var name in _expected.Where(name => !File.Exists(Path.Combine(run, name))))
                yield return $"{name} is missing, and nobody said it";
        }

        if (fault is DiskFault.Once or DiskFault.Full ? File.Exists(Path.Combine(run, RecordSchema.FileName)) : HasBegun(run))
        {
            foreach (var what in OfRecord(run, fault))
                yield return what;
        }
    }

    private static string? Fault(string file, DiskFault fault)
    {
        try
        {
            var extension = Path.GetExtension(file);
            if (extension == ".tmp")
                return fault == DiskFault.Full ? "is left over" : null; // one that cannot be deleted stays
            if (Path.GetFileName(file) == RunDirectory.ClaimName && fault is DiskFault.Killed or DiskFault.Lasting)
                return null; // claims by being there
            if (new FileInfo(file).Length == 0)
                return file.EndsWith("-wal", StringComparison.Ordinal) || (extension.StartsWith(".db", StringComparison.Ordinal) && fault != DiskFault.Once) ? null : "is empty";
            if (extension is ".pth" or ".safetensors")
                Read(file);
            else if (extension == ".json")
                JsonDocument.Parse(File.ReadAllBytes(file)).Dispose();
            else if (extension is ".html" or ".svg")
                return File.ReadAllText(file).TrimEnd().EndsWith(extension == ".svg" ? "</svg>" : "</html>", StringComparison.Ordinal) ? null : "is cut off";
            else if (extension == ".png")
                SKBitmap.Decode(file).Dispose();
            return null;
        }
        catch (Exception exception) when (exception is not AssertionException)
        {
            return exception.Message;
        }
    }

    private static void Read(string file)
    {
        using var checkpoint = Checkpoint.Open(file);
        foreach (var tensor in checkpoint.Tensors)
            _ = tensor.ReadFloats();
    }

    /// <summary>Whether the first transaction of a record reached the disk.</summary>
    private static bool HasBegun(string run)
    {
        var path = Path.Combine(run, RecordSchema.FileName);
        if (new FileInfo(path) is not { Exists: true, Length: > 0 })
            return false;
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return (long)command.ExecuteScalar()! > 0;
    }

    private static List<string> OfRecord(string run, DiskFault fault)
    {
        var faults = new List<string>();
        try
        {
            using var record = RunRecord.Open(run);
            if (record.ReadStatus() is var status && status != "completed" && (fault == DiskFault.Once || status != "running"))
                faults.Add($"the record says '{status}'");
            foreach (var file in Enum.GetValues<SnapshotKind>().SelectMany(record.ReadSnapshots).Select(snapshot => snapshot.Path))
            {
                if (!File.Exists(file))
                    faults.Add($"the record names {Path.GetFileName(file)}, which is not there");
            }

            foreach (var series in record.ReadSeries())
                _ = record.Read(series.Quantity, series.Target);
        }
        catch (Exception exception) when (exception is not AssertionException)
        {
            faults.Add($"record: {exception.Message}");
        }

        return faults;
    }
}
