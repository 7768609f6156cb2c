using System.Diagnostics;

namespace ConvScope.Benchmarks;

/// <summary>Two ways to do one thing, timed in turn in one process: what disturbs the machine disturbs both.</summary>
internal abstract class Benchmark(string question, int pairs) : IDisposable
{
    /// <summary>What is measured, and the ratio that is aimed at.</summary>
    public string Question => question;

    protected abstract void Baseline();

    protected abstract void Candidate();

    /// <summary>Runs each way once unmeasured, then in pairs, changing which goes first.</summary>
    /// <param name="name">Name of the benchmark.</param>
    /// <param name="report">Gets a line after each pair.</param>
    public Comparison Run(string name, Action<string> report)
    {
        Baseline();
        Candidate();
        List<double> baseline = [], candidate = [];
        for (var pair = 0; pair < pairs; pair++)
        {
            if (pair % 2 == 0)
                baseline.Add(Seconds(Baseline));
            candidate.Add(Seconds(Candidate));
            if (pair % 2 == 1)
                baseline.Add(Seconds(Baseline));
            report(FormattableString.Invariant($"{pair + 1} of {pairs}: baseline {baseline[^1]:F3} s, candidate {candidate[^1]:F3} s"));
        }

        return new Comparison(name, question, baseline, candidate);
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
