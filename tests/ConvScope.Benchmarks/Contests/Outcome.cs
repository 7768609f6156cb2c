namespace ConvScope.Benchmarks.Contests;

/// <summary>What a side says of one run.</summary>
/// <param name="Seconds">How long it took.</param>
/// <param name="Check">What it computed: all sides must agree.</param>
internal sealed record Outcome(double Seconds, double Check);
