using System.Diagnostics;

namespace ConvScope.Benchmarks;

/// <summary>Several ways to do one thing, timed in turn in one process: what disturbs the machine disturbs all of them.</summary>
/// <param name="question">What is measured, and the ratio that is aimed at.</param>
/// <param name="rounds">How often each way is timed.</param>
internal abstract class Benchmark(string question, int rounds) : IDisposable
{
    public string Question => question;

    /// <summary>The ways by name; the first is the one that the others are compared with.</summary>
    protected abstract IReadOnlyList<(string Name, Action Run)> Ways { get; }

    /// <summary>Runs each way once unmeasured, then in rounds, beginning with another one each time.</summary>
    /// <param name="name">Name of the benchmark.</param>
    /// <param name="report">Gets a line after each round.</param>
    public Comparison Run(string name, Action<string> report)
    {
        var ways = Ways;
        foreach (var way in ways)
            way.Run();
        var times = ways.ToDictionary(way => way.Name, _ => new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < ways.Count; turn++)
            {
                var (wayName, run) = ways[(round + turn) % ways.Count];
                times[wayName].Add(Seconds(run));
            }

            report(FormattableString.Invariant($"round {round + 1} of {rounds}: {string.Join(", ", ways.Select(way => FormattableString.Invariant($"{way.Name} {times[way.Name][^1]:F3} s")))}"));
        }

        return new Comparison(name, question, [.. ways.Select(way => new Timing(way.Name, times[way.Name]))]);
    }

    public virtual void Dispose()
    {
    }

    private static double Seconds(Action action)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var clock = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(clock).TotalSeconds;
    }
}
