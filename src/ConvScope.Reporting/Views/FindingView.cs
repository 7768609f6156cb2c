using ConvScope.Records.Recording;

namespace ConvScope.Reporting.Views;

/// <summary>A finding with the name of its severity.</summary>
internal sealed record FindingView(string Rule, string Severity, string Target, long FirstStep, long Step, string Message, string Advice, IReadOnlyList<Evidence> Evidence)
{
    public static FindingView Of(Finding finding) =>
        new(finding.Rule, finding.Severity.ToString(), finding.Target, finding.FirstStep, finding.Step, finding.Message, finding.Advice, finding.Evidence);
}
