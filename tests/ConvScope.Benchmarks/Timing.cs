namespace ConvScope.Benchmarks;

/// <summary>The times of one way, in seconds, one a round.</summary>
internal sealed record Timing(string Name, IReadOnlyList<double> Seconds)
{
    public double Median
    {
        get
        {
            var sorted = Seconds.Order().ToArray();
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }
}
