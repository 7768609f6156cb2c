namespace ConvScope.Quantities;

/// <summary>Says at which steps something is measured. A schedule is a value: it holds no state and may be shared.</summary>
public sealed record Schedule
{
    private Schedule(int interval) => Interval = interval;

    /// <summary>Steps from one measurement to the next; 0 for never.</summary>
    public int Interval { get; }

    /// <summary>No step is measured.</summary>
    public static Schedule Never { get; } = new(0);

    /// <summary>Steps 0, n, 2n, … are measured.</summary>
    /// <param name="interval">Steps from one measurement to the next, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is below 1.</exception>
    public static Schedule Every(int interval) => interval >= 1
        ? new(interval)
        : throw new ArgumentOutOfRangeException(nameof(interval), interval, "A schedule measures at least every step: the interval must be at least 1.");

    /// <summary>Whether <paramref name="step"/>, counted from 0, is measured.</summary>
    public bool IsDue(long step) => Interval > 0 && step % Interval == 0;

    /// <summary>The schedule in words: <c>every 10 steps</c>.</summary>
    public override string ToString() => Interval switch { 0 => "never", 1 => "every step", _ => $"every {Interval} steps" };
}
