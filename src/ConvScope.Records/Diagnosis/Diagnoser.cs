using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis;

/// <summary>Runs rules over a training's readings, while they come in or afterwards, and gives the findings. The same readings give the same findings.</summary>
public sealed class Diagnoser
{
    private const int Window = 5;

    private readonly IReadOnlyList<Rule> _rules;
    private readonly History _history = new();
    private readonly Dictionary<(Rule Rule, string Target), Queue<(long Step, bool Seen)>> _looks = [];
    private readonly Dictionary<(Rule Rule, string Target), Finding> _findings = [];
    private readonly HashSet<Rule> _answered = []; // what they look for was found by the training itself

    /// <summary>Makes a diagnoser.</summary>
    /// <param name="rules">The rules; null for all of <see cref="DefaultRules.All"/>.</param>
    public Diagnoser(IReadOnlyList<Rule>? rules = null) => _rules = rules ?? DefaultRules.All;

    /// <summary>What is known beside the readings; may become more during the training.</summary>
    public RunFacts Facts
    {
        get => _history.Facts;
        set => _history.Facts = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>Is told of a rule that failed, which is not asked again; null, the default, to let the failure through.</summary>
    public Action<Rule, Exception>? RuleFailed { get; init; }

    /// <summary>The findings so far, in the order in which they were made.</summary>
    public IReadOnlyCollection<Finding> Findings => _findings.Values;

    /// <summary>Takes the readings of one step.</summary>
    /// <returns>What is new: findings that were made now, or have become worse.</returns>
    public IReadOnlyList<Finding> Observe(StepReadings readings)
    {
        ArgumentNullException.ThrowIfNull(readings);
        _history.Add(readings);
        var quantities = readings.Values.Select(value => value.Series.Quantity).ToHashSet(StringComparer.Ordinal);
        var news = new List<Finding>();
        if (readings.Finding is { } told)
            Take(told, news);
        foreach (var rule in _rules.Where(rule => quantities.Contains(rule.Quantity) && !_answered.Contains(rule)))
            LookGuarded(rule, news);
        return news;
    }

    /// <summary>Takes what the training itself found; the rule of that name has no more to say.</summary>
    private void Take(Finding told, List<Finding> news)
    {
        if (_rules.FirstOrDefault(rule => rule.Name == told.Rule) is not { } rule || !_answered.Add(rule))
            return;
        var earlier = _findings.GetValueOrDefault((rule, told.Target));
        _findings[(rule, told.Target)] = told with { FirstStep = Math.Min(told.FirstStep, earlier?.FirstStep ?? told.FirstStep) };
        news.Add(_findings[(rule, told.Target)]);
    }

    private void LookGuarded(Rule rule, List<Finding> news)
    {
        try
        {
            Look(rule, news);
        }
        catch (Exception exception) when (RuleFailed is not null)
        {
            _answered.Add(rule);
            RuleFailed(rule, exception);
        }
    }

    private void Look(Rule rule, List<Finding> news)
    {
        var signals = rule.Check(_history).ToDictionary(signal => signal.Target, StringComparer.Ordinal);
        foreach (var target in signals.Keys.Union(_looks.Keys.Where(key => key.Rule == rule).Select(key => key.Target)).ToArray())
        {
            var key = (rule, target);
            if (!_looks.TryGetValue(key, out var looks))
                _looks[key] = looks = [];
            looks.Enqueue((_history.Step, signals.ContainsKey(target)));
            if (looks.Count > Window)
                looks.Dequeue();
            if (signals.TryGetValue(target, out var signal) && looks.Count(look => look.Seen) >= rule.Persistence)
                Conclude(key, signal, looks.First(look => look.Seen).Step, news);
        }
    }

    private void Conclude((Rule Rule, string Target) key, Signal signal, long firstStep, List<Finding> news)
    {
        if (_findings.TryGetValue(key, out var earlier))
        {
            if (earlier.Severity >= signal.Severity)
                return;
            firstStep = earlier.FirstStep;
        }

        var finding = new Finding(key.Rule.Name, signal.Severity, signal.Target, firstStep, _history.Step, signal.Message, signal.Advice) { Evidence = signal.Evidence };
        _findings[key] = finding;
        news.Add(finding);
    }
}
