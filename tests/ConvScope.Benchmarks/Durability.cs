using System.Diagnostics;
using System.Globalization;
using ConvScope.Records.Recording;
using ConvScope.Reporting;
using Microsoft.Data.Sqlite;

namespace ConvScope.Benchmarks;

/// <summary>What a record holds when its process is killed at any moment, and what another process sees of it while it grows.</summary>
internal static class Durability
{
    /// <summary>Kills trainings (SIGKILL) at random moments, then opens each record, checks it and draws its figures.</summary>
    public static bool Kill(int times)
    {
        var random = new Random(1);
        var sound = 0;
        for (var time = 1; time <= times; time++)
        {
            var folder = Directory.CreateTempSubdirectory("convscope-kill-");
            var run = Path.Combine(folder.FullName, "run");
            var milliseconds = random.Next(50, 6000);
            var (steps, killed) = KillAfter(run, milliseconds);
            var due = steps.Where(entry => entry.Time < killed - 1000).Select(entry => entry.Step).DefaultIfEmpty(-1).Max();
            string verdict;
            try
            {
                verdict = Check(run, due, out var line) ? "sound" : "NOT SOUND";
                sound += verdict == "sound" ? 1 : 0;
                verdict += $": {line}";
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException or SqliteException)
            {
                verdict = $"NOT SOUND: {exception.Message}";
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {time,2}: killed {milliseconds / 1000.0:F2} s after its first step, at step {steps[^1].Step}; {verdict}"));
            folder.Delete(recursive: true);
        }

        Console.WriteLine($"{sound} of {times} records are sound.");
        return sound == times;
    }

    /// <summary>Follows the record of a training in another process from its first step to its end.</summary>
    public static bool Follow()
    {
        var folder = Directory.CreateTempSubdirectory("convscope-follow-");
        var run = Path.Combine(folder.FullName, "run");
        using var process = Start(run, epochs: 100);
        var printed = Task.Run(() => process.StandardOutput.ReadToEnd());
        while (!File.Exists(Path.Combine(run, "run.db")))
            Thread.Sleep(10);
        var seen = new List<long>();
        int looks = 0, worst = 0;
        using (var record = RunRecord.Open(run))
        {
            for (var ended = false; !ended; looks++)
            {
                ended = record.ReadMetadata()[MetadataNames.Status] != "running"; // before the last look
                var news = record.Read(QuantityNames.Loss, afterStep: seen.Count == 0 ? -1 : seen[^1]);
                seen.AddRange(news.Select(reading => reading.Step));
                worst = Math.Max(worst, news.Count);
                Thread.Sleep(5);
            }
        }

        process.WaitForExit();
        var steps = printed.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
        var whole = seen.SequenceEqual(Enumerable.Range(0, steps).Select(step => (long)step));
        Console.WriteLine($"{looks} looks from another process saw {seen.Count} of {steps} steps, {(whole ? "each once and in order" : "NOT each once")}; at most {worst} new ones at a look.");
        folder.Delete(recursive: true);
        return whole;
    }

    private static (List<(long Step, long Time)> Steps, long Killed) KillAfter(string run, int milliseconds)
    {
        using var process = Start(run, epochs: 100_000);
        var steps = new List<(long, long)>();
        var first = process.StandardOutput.ReadLine()!;
        steps.Add(Parse(first));
        var reader = Task.Run(() =>
        {
            while (process.StandardOutput.ReadLine() is { } line)
                steps.Add(Parse(line));
        });
        Thread.Sleep(milliseconds);
        var killed = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        process.Kill();
        process.WaitForExit();
        reader.Wait();
        return (steps, killed);
    }

    private static (long Step, long Time) Parse(string line) =>
        line.Split(' ') is [var step, var time] && long.TryParse(time, CultureInfo.InvariantCulture, out var at) ? (long.Parse(step, CultureInfo.InvariantCulture), at) : (-1, long.MaxValue);

    private static bool Check(string run, long due, out string line)
    {
        using var record = RunRecord.Open(run);
        var steps = record.Read(QuantityNames.Loss).Select(reading => reading.Step).ToArray();
        var snapshots = Enum.GetValues<SnapshotKind>().SelectMany(record.ReadSnapshots).ToArray();
        foreach (var snapshot in snapshots)
            snapshot.ReadArrays();
        var integrity = Query(Path.Combine(run, "run.db"), "PRAGMA integrity_check");
        var figures = RunFigures.Draw(run).Count;
        var whole = steps.SequenceEqual(Enumerable.Range(0, steps.Length).Select(step => (long)step)) && steps.Length > due;
        line = $"{steps.Length} steps, due {due + 1}; integrity {integrity}; {snapshots.Length} snapshots read; {figures} figures drawn";
        return whole && integrity == "ok" && figures > 0;
    }

    private static string Query(string path, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return $"{command.ExecuteScalar()}";
    }

    private static Process Start(string run, int epochs) => Process.Start(
        new ProcessStartInfo("dotnet", ["exec", typeof(Durability).Assembly.Location, "victim", run, $"{epochs}"]) { RedirectStandardOutput = true })!;
}
