using ConvScope.Records.Diagnosis;
using ConvScope.Records.Recording;
using Microsoft.Extensions.Logging;

namespace ConvScope.Inspection;

/// <summary>Diagnoses a training while it runs: findings go to the log and the record, and end the training where that is asked for.</summary>
internal sealed partial class RunDiagnosis
{
    private readonly Diagnoser _diagnoser;
    private readonly RunInspection _inspection;
    private readonly Severity? _stopOn;
    private readonly ILogger _logger;
    private readonly bool _logsTold;

    private RunDiagnosis(RunInspection inspection, RunFacts facts, IReadOnlyList<Rule>? rules, Severity? stopOn, ILogger logger, bool logsTold)
    {
        _diagnoser = new Diagnoser(rules) { RuleFailed = (rule, exception) => inspection.LeftOut.Add($"the rule '{rule.Name}'", exception) };
        _logsTold = logsTold;
        _inspection = inspection;
        _stopOn = stopOn;
        _logger = logger;
        _diagnoser.Facts = facts;
    }

    /// <summary>The findings so far.</summary>
    public IReadOnlyCollection<Finding> Findings => _diagnoser.Findings;

    /// <summary>The first finding that is bad enough to end the training; null while there is none.</summary>
    public Finding? Stopping { get; private set; }

    /// <summary>Listens to an inspection's readings, those that were made before the first step among them.</summary>
    /// <param name="inspection">The inspection.</param>
    /// <param name="facts">What is known of the training at its start.</param>
    /// <param name="rules">The rules; null for the default ones.</param>
    /// <param name="stopOn">Severity from which on a finding is to end the training; null for never.</param>
    /// <param name="logger">
    /// Gets a line a finding, but for what the training itself found where <paramref name="logsTold"/> is false.
    /// </param>
    /// <param name="logsTold">Whether what the training itself found is logged; false where the one who tells it does so.</param>
    public static RunDiagnosis Listen(RunInspection inspection, RunFacts facts, IReadOnlyList<Rule>? rules, Severity? stopOn, ILogger logger, bool logsTold = true)
    {
        var diagnosis = new RunDiagnosis(inspection, facts with { Parameters = inspection.Parameters }, rules, stopOn, logger, logsTold);
        inspection.Record.Listen(diagnosis.Observe);
        return diagnosis;
    }

    private void Observe(StepReadings readings)
    {
        if (_diagnoser.Facts.Layers.Count == 0 || _diagnoser.Facts.ClassesOfLoss == 0)
            _diagnoser.Facts = _diagnoser.Facts with { Layers = _inspection.Layers, ClassCount = _inspection.Outputs.NamedClasses, ClassesOfLoss = _inspection.Outputs.ClassesOfLoss, BatchSize = _inspection.Outputs.BatchSize };
        foreach (var finding in _diagnoser.Observe(readings))
        {
            _inspection.Record.Append(finding);
            if (_logsTold || finding.Rule != readings.Finding?.Rule)
            {
                var level = finding.Severity switch
                {
                    Severity.Failure => LogLevel.Error,
                    Severity.Warning => LogLevel.Warning,
                    _ => LogLevel.Information,
                };
                Log(_logger, level, finding);
            }

            if (finding.Severity >= _stopOn)
                Stopping ??= finding;
        }
    }

    [LoggerMessage(Message = "Finding: {Finding}")]
    private static partial void Log(ILogger logger, LogLevel level, Finding finding);
}
