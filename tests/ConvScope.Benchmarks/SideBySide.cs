namespace ConvScope.Benchmarks;

/// <summary>Trainings that are timed in turns of a few steps.</summary>
internal abstract class SideBySide(string question, int rounds) : Benchmark(question, rounds)
{
    /// <summary>The trainings by name; each calls what it gets after every step.</summary>
    protected abstract IReadOnlyList<(string Name, Action<Action> Run)> Ways { get; }

    protected override IReadOnlyList<string> Names => [.. Ways.Select(way => way.Name)];

    protected override double[] Round(int round)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Turns.Run([.. Ways.Select(way => way.Run)], round % Ways.Count);
    }
}
