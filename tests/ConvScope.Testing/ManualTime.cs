namespace ConvScope;

/// <summary>A clock that stands still until it is moved.</summary>
public sealed class ManualTime : TimeProvider
{
    private long _ticks;

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override long GetTimestamp() => _ticks;

    /// <summary>Moves it on.</summary>
    public void Pass(double seconds) => _ticks += (long)Math.Round(seconds * TimeSpan.TicksPerSecond);
}
