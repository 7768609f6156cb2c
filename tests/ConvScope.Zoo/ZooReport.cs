using System.Globalization;
using System.Text;

namespace ConvScope.Zoo;

/// <summary>The confusion matrix and the table per fault, as Markdown.</summary>
internal static class ZooReport
{
    public static string Write(IReadOnlyList<ZooResult> results, string folder)
    {
        var faults = results.Where(result => !result.Case.IsHealthy).ToArray();
        var healthy = results.Where(result => result.Case.IsHealthy && !result.HasCollapsed).ToArray();
        var collapsed = results.Where(result => result.HasCollapsed).ToArray();
        int detected = faults.Count(result => result.IsAlarmed), alarmed = healthy.Count(result => result.IsAlarmed);
        var atOnce = faults.Where(result => result.Case.ShowsAtOnce).ToArray();
        var summary = string.Create(CultureInfo.InvariantCulture,
            $"""
            # Diagnosis

            |  | warning or worse | none |
            |--|--:|--:|
            | faulty ({faults.Length} runs, {faults.Select(result => result.Case.Name).Distinct().Count()} kinds) | {detected} | {faults.Length - detected} |
            | healthy ({healthy.Length} runs) | {alarmed} | {healthy.Length - alarmed} |

            - recall over runs: {Share(detected, faults.Length)}; kinds found in every run: {Share(faults.GroupBy(result => result.Case.Name).Count(kind => kind.All(result => result.IsAlarmed)), faults.GroupBy(result => result.Case.Name).Count())}
            - trainings meant to be healthy that ended below 50 % validation accuracy, left out above: {collapsed.Length}, of which {collapsed.Count(result => result.IsAlarmed)} raised an alarm
            - healthy runs with a warning or worse: {Share(alarmed, healthy.Length)}
            - right symptom, of the runs with a warning: {Share(faults.Count(result => result.IsRight), detected)}
            - faults that show from the start, found within 200 steps: {Share(atOnce.Count(result => result.FirstAlarm <= 200), atOnce.Length)}

            """);
        var text = new StringBuilder(summary).AppendLine().AppendLine("| kind | runs | found | right symptom | median first step | findings |").AppendLine("|--|--:|--:|--:|--:|--|");
        foreach (var kind in results.GroupBy(result => result.Case.Name))
        {
            long[] steps = [.. kind.Select(result => result.FirstAlarm).OfType<long>().Order()];
            var rules = kind.SelectMany(result => result.Findings).GroupBy(finding => $"{finding.Rule} ({finding.Severity.ToString().ToLowerInvariant()})").OrderByDescending(group => group.Count()).Select(group => $"{group.Key} {group.Count()}×");
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {(kind.First().Case.IsHealthy ? "healthy: " : "")}{kind.Key} | {kind.Count()} | {kind.Count(result => result.IsAlarmed)} | {(kind.First().Case.IsHealthy ? "" : kind.Count(result => result.IsRight))} | {(steps.Length == 0 ? "" : steps[steps.Length / 2])} | {string.Join(", ", rules)} |");
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "diagnosis.md"), text.ToString());
        return summary;
    }

    private static string Share(int part, int all) => string.Create(CultureInfo.InvariantCulture, $"{part} of {all}{(all == 0 ? "" : $" ({(double)part / all:P1})")}");
}
