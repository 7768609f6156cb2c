using System.Globalization;

namespace ConvScope.Benchmarks;

/// <summary>Several ways to do one thing, timed side by side in one process: what disturbs the machine disturbs all of them.</summary>
/// <param name="question">What is measured, and the ratio that is aimed at.</param>
/// <param name="rounds">How often each way is timed.</param>
internal abstract class Benchmark(string question, int rounds) : IDisposable
{
    public string Question => question;

    /// <summary>Names of the ways; the first is the one that the others are compared with.</summary>
    protected abstract IReadOnlyList<string> Names { get; }

    /// <summary>Times the ways in rounds.</summary>
    /// <param name="name">Name of the benchmark.</param>
    /// <param name="report">Gets a line after each round.</param>
    public Comparison Run(string name, Action<string> report)
    {
        var times = new List<double[]>();
        WarmUp();
        for (var round = 0; round < rounds; round++)
        {
            times.Add(Round(round));
            report(string.Create(CultureInfo.InvariantCulture, $"round {round + 1} of {rounds}: {string.Join(", ", Names.Zip(times[round], (way, seconds) => string.Create(CultureInfo.InvariantCulture, $"{way} {seconds:F3} s")))}"));
        }

        return new Comparison(name, question, [.. Names.Select((way, index) => new Timing(way, [.. times.Select(round => round[index])]))]);
    }

    /// <summary>Pays for what only the first use costs.</summary>
    protected virtual void WarmUp()
    {
    }

    /// <summary>Times every way once.</summary>
    /// <param name="round">The round, from 0: each begins with another way.</param>
    /// <returns>Seconds, in the order of <see cref="Names"/>.</returns>
    protected abstract double[] Round(int round);

    public virtual void Dispose()
    {
    }
}
