using ConvScope.Records.Recording;

namespace ConvScope.Zoo;

/// <summary>What the diagnosis found in one training.</summary>
internal sealed record ZooResult(Case Case, string Dataset, int Seed, double Accuracy, IReadOnlyList<Finding> Findings)
{
    /// <summary>Whether a training that was meant to be healthy learned nothing, or lost what it had learned: an alarm is right then.</summary>
    public bool HasCollapsed => Case.IsHealthy && Accuracy < 0.5;

    private IEnumerable<Finding> Alarms => Findings.Where(finding => finding.Severity >= Severity.Warning);

    public bool IsAlarmed => Alarms.Any();

    /// <summary>Whether one of the alarms names the fault.</summary>
    public bool IsRight => Alarms.Any(finding => Case.Symptoms.Contains(finding.Rule));

    /// <summary>Step at which the first alarm was raised; null without one.</summary>
    public long? FirstAlarm => Alarms.Select(finding => (long?)finding.Step).Min();

    public string Rules => string.Join(", ", Findings.GroupBy(finding => (finding.Rule, finding.Severity)).Select(group => $"{group.Key.Rule} ({group.Key.Severity}, step {group.Min(finding => finding.Step)})"));
}
