using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis;

/// <summary>The readings of a training so far, as rules look at them. Bounded: of each series the first reading, the latest ones and a running mean are kept.</summary>
public sealed class History
{
    private readonly Dictionary<string, Dictionary<string, Trace>> _traces = new(StringComparer.Ordinal);

    /// <summary>What is known beside the readings.</summary>
    public RunFacts Facts { get; internal set; } = new();

    /// <summary>The latest step.</summary>
    public long Step { get; private set; }

    /// <summary>Its epoch, from 1.</summary>
    public int Epoch { get; private set; }

    /// <summary>
    /// Whether the network has learned something: the running mean of the batches' accuracy has come 40 % of the way from chance to 1, or, where no accuracy is known, that of the loss
    /// has fallen below half of the first loss.
    /// </summary>
    public bool HasLearned => Find(QuantityNames.Accuracy) is { } accuracy && Facts.ClassCount > 1
        ? accuracy.Smoothed >= Facts.ChanceAccuracy + 0.4 * (1 - Facts.ChanceAccuracy)
        : Find(QuantityNames.Loss) is { } loss && loss.Smoothed < 0.5 * loss.First.Value;

    /// <summary>The trace of a series; null where it has no reading.</summary>
    /// <param name="quantity">Name of the quantity.</param>
    /// <param name="target">Parameter or layer; empty for the whole network.</param>
    public Trace? Find(string quantity, string target = "") => _traces.TryGetValue(quantity, out var targets) && targets.TryGetValue(target, out var trace) ? trace : null;

    /// <summary>All traces of a quantity in the order in which their targets first appeared, which is the network's own.</summary>
    public IReadOnlyList<(string Target, Trace Trace)> All(string quantity) =>
        _traces.TryGetValue(quantity, out var targets) ? [.. targets.Select(pair => (pair.Key, pair.Value))] : [];

    /// <summary>The parameters that are weights of layers, with at least two axes: neither biases nor scales of a normalisation.</summary>
    public IReadOnlyList<string> Weights =>
        [.. (_traces.GetValueOrDefault(QuantityNames.UnitSimilarity) ?? _traces.GetValueOrDefault(QuantityNames.GradientNorm) ?? []).Keys.Where(name => name.EndsWith("weight", StringComparison.Ordinal) && !IsTable(name))];

    /// <summary>Whether a parameter is a table of which a batch reads some rows, and only they get a gradient.</summary>
    private bool IsTable(string name) => Facts.Parameters.GetValueOrDefault(name)?.Kind is "Embedding" or "EmbeddingBag";

    internal void Add(StepReadings readings)
    {
        Step = Math.Max(Step, readings.Step);
        Epoch = Math.Max(Epoch, readings.Epoch);
        foreach (var (series, value) in readings.Values)
        {
            if (!_traces.TryGetValue(series.Quantity, out var targets))
                _traces[series.Quantity] = targets = new Dictionary<string, Trace>(StringComparer.Ordinal);
            var reading = new Reading(readings.Step, readings.Epoch, value);
            if (!targets.TryGetValue(series.Target, out var trace))
                targets[series.Target] = trace = new Trace(reading);
            trace.Add(reading);
        }
    }
}
