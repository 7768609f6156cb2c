using System.Diagnostics;

namespace ConvScope.Benchmarks;

/// <summary>Trainings that are timed in turns of a few steps, or whole ones after another.</summary>
/// <param name="question">What is asked.</param>
/// <param name="rounds">How often.</param>
/// <param name="inTurns">
/// Whether they take turns. Not for what watches the clock on the wall: an inspection that waits for its turn takes the time of the others for its own, and its budget grows with it.
/// </param>
internal abstract class SideBySide(string question, int rounds, bool inTurns = true) : Benchmark(question, rounds)
{
    /// <summary>The trainings by name; each calls what it gets after every step.</summary>
    protected abstract IReadOnlyList<(string Name, Action<Action> Run)> Ways { get; }

    protected override IReadOnlyList<string> Names => [.. Ways.Select(way => way.Name)];

    protected override double[] Round(int round)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        if (!inTurns)
            return OneAfterAnother(round % Ways.Count);
        return Turns.Run([.. Ways.Select(way => way.Run)], round % Ways.Count);
    }

    private double[] OneAfterAnother(int first)
    {
        var seconds = new double[Ways.Count];
        for (var offset = 0; offset < seconds.Length; offset++)
        {
            var index = (first + offset) % seconds.Length;
            var clock = Stopwatch.GetTimestamp();
            Ways[index].Run(() => { });
            seconds[index] = Stopwatch.GetElapsedTime(clock).TotalSeconds;
        }

        return seconds;
    }
}
