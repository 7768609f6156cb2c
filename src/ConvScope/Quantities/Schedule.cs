using System.Globalization;

namespace ConvScope.Quantities;

/// <summary>Says at which steps something is measured. A schedule is a value: it holds no state and may be shared.</summary>
public abstract record Schedule
{
    private protected Schedule()
    {
    }

    /// <summary>No step is measured.</summary>
    public static Schedule Never { get; } = new NeverSchedule();

    /// <summary>The last step of each epoch is measured; none where the length of an epoch is not known.</summary>
    public static Schedule EachEpoch { get; } = new EpochSchedule();

    /// <summary>Steps 0, n, 2n, … are measured.</summary>
    /// <param name="interval">Steps from one measurement to the next, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is below 1.</exception>
    public static Schedule Every(int interval) => interval >= 1
        ? new IntervalSchedule(interval)
        : throw new ArgumentOutOfRangeException(nameof(interval), interval, "A schedule measures at least every step: the interval must be at least 1.");

    /// <summary>Step 0 and then steps that grow by a constant factor are measured: often at the start, when much changes, and ever more rarely.</summary>
    /// <param name="perDecade">Measurements from a step to its tenfold, 1 to 100.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="perDecade"/> is outside 1 to 100.</exception>
    public static Schedule Logarithmic(int perDecade) => perDecade is >= 1 and <= 100
        ? new LogarithmicSchedule(perDecade)
        : throw new ArgumentOutOfRangeException(nameof(perDecade), perDecade, "A logarithmic schedule measures 1 to 100 times a decade.");

    /// <summary>Whether <paramref name="step"/>, counted from 0, is measured.</summary>
    /// <param name="step">The step.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch; 0 where that is not known.</param>
    public abstract bool IsDue(long step, long stepsPerEpoch = 0);

    /// <summary>The steps of both schedules.</summary>
    public Schedule Or(Schedule other) => new EitherSchedule(this, other ?? throw new ArgumentNullException(nameof(other)));

    private sealed record NeverSchedule : Schedule
    {
        public override bool IsDue(long step, long stepsPerEpoch = 0) => false;

        public override string ToString() => "never";
    }

    private sealed record EpochSchedule : Schedule
    {
        public override bool IsDue(long step, long stepsPerEpoch = 0) => stepsPerEpoch > 0 && (step + 1) % stepsPerEpoch == 0;

        public override string ToString() => "each epoch";
    }

    private sealed record IntervalSchedule(int Interval) : Schedule
    {
        public override bool IsDue(long step, long stepsPerEpoch = 0) => step % Interval == 0;

        public override string ToString() => Interval == 1 ? "every step" : string.Create(CultureInfo.InvariantCulture, $"every {Interval} steps");
    }

    private sealed record LogarithmicSchedule(int PerDecade) : Schedule
    {
        public override bool IsDue(long step, long stepsPerEpoch = 0) => step == 0 || Index(step) > Index(step - 1);

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PerDecade} times a decade");

        /// <summary>Number of the last measured place at or below a step.</summary>
        private long Index(long step) => step == 0 ? -1 : (long)Math.Floor(PerDecade * Math.Log10(step) + 1e-9);
    }

    private sealed record EitherSchedule(Schedule First, Schedule Second) : Schedule
    {
        public override bool IsDue(long step, long stepsPerEpoch = 0) => First.IsDue(step, stepsPerEpoch) || Second.IsDue(step, stepsPerEpoch);

        public override string ToString() => $"{First} and {Second}";
    }
}
