using System.Diagnostics;

namespace ConvScope.Benchmarks;

/// <summary>Ways that are timed whole, one after another.</summary>
internal abstract class Sequence(string question, int rounds) : Benchmark(question, rounds)
{
    /// <summary>The ways by name.</summary>
    protected abstract IReadOnlyList<(string Name, Action Run)> Ways { get; }

    protected override IReadOnlyList<string> Names => [.. Ways.Select(way => way.Name)];

    protected override void WarmUp()
    {
        foreach (var (_, run) in Ways)
            run();
    }

    protected override double[] Round(int round)
    {
        var seconds = new double[Ways.Count];
        for (var turn = 0; turn < seconds.Length; turn++)
        {
            var way = (round + turn) % seconds.Length;
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var clock = Stopwatch.GetTimestamp();
            Ways[way].Run();
            seconds[way] = Stopwatch.GetElapsedTime(clock).TotalSeconds;
        }

        return seconds;
    }
}
