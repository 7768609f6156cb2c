using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConvScope.GpuCheck;

/// <summary>Runs checks one after another; one that fails does not stop the next.</summary>
/// <param name="laboratory">What they look at.</param>
/// <param name="limit">No check is begun after this time.</param>
/// <param name="time">Measures.</param>
/// <param name="say">Gets short lines for a reader.</param>
internal sealed class CheckRunner(Laboratory laboratory, TimeSpan limit, TimeProvider time, Action<string> say)
{
    /// <summary>Name of the file that gets one line of JSON a check.</summary>
    public const string ResultFile = "checks.jsonl";

    /// <summary>Name of the file that holds the running check's name; <c>run.sh</c> reads it where the process dies.</summary>
    public const string CurrentFile = "current";

    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Runs the checks in their order.</summary>
    /// <returns>Whether each ran to its end and was as expected.</returns>
    public bool Run(IEnumerable<Check> checks)
    {
        Directory.CreateDirectory(laboratory.Output);
        var begin = time.GetTimestamp();
        var results = new List<CheckResult>();
        foreach (var check in checks)
        {
            var isLate = time.GetElapsedTime(begin) > limit;
            var result = isLate ? new CheckResult(check.Name, CheckResult.Skipped, 0, [], "no time left") : Run(check);
            Write(result);
            results.Add(result);
        }

        File.Delete(InOutput(CurrentFile));
        var done = results.Count(result => result.Status == CheckResult.Done);
        say($"{done} of {results.Count} checks done on {laboratory.Place}");
        return done == results.Count;
    }

    private CheckResult Run(Check check)
    {
        File.WriteAllText(InOutput(CurrentFile), check.Name);
        var begin = time.GetTimestamp();
        var expectations = new Expectations();
        CheckResult Result(string status, object result) =>
            new(check.Name, status, Math.Round(time.GetElapsedTime(begin).TotalSeconds, 2), expectations.Broken, result);
        try
        {
            var facts = check.Run(laboratory, expectations);
            return Result(expectations.Broken.Count == 0 ? CheckResult.Done : CheckResult.NotAsExpected, facts);
        }
        catch (Exception exception) // whatever it is, the next check is worth a try
        {
            return Result(CheckResult.Failed, exception.ToString());
        }
    }

    private void Write(CheckResult result)
    {
        File.AppendAllText(InOutput(ResultFile), JsonSerializer.Serialize(result, _json) + "\n");
        say($"{result.Check,-12} {result.Status,-15} {result.Seconds,7:F1} s");
        foreach (var expected in result.Expected)
            say($"    {expected}");
        if (result.Status == CheckResult.Failed)
            say($"    {((string)result.Result).Split('\n')[0]}");
    }

    private string InOutput(string name) => Path.Combine(laboratory.Output, name);
}
