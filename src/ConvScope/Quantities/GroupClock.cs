namespace ConvScope.Quantities;

/// <summary>Decides when a group is measured: by its schedule, stretched where its measured cost would exceed its share of the budget.</summary>
/// <param name="group">The group.</param>
internal sealed class GroupClock(QuantityGroup group)
{
    private const int Remembered = 5;

    // The first steps are measured as the schedule says, whatever they cost: most faults show there, and a training that is worth inspecting is much longer.
    public const int Unstretched = 200;

    private readonly Queue<double> _costs = [];
    private long _measurements;
    private long _last = -1;

    public QuantityGroup Group => group;

    /// <summary>Seconds that the group has cost so far.</summary>
    public double Seconds { get; private set; }

    /// <summary>Whether the group is measured at a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch; 0 where that is not known.</param>
    /// <param name="allowed">Seconds that all groups together may cost a step; null for a fixed schedule.</param>
    public bool IsDue(long step, long stepsPerEpoch, double? allowed) =>
        group.Schedule.IsDue(step, stepsPerEpoch) && (_last < 0 || step <= Unstretched || step - _last >= Stretch(allowed));

    /// <summary>Notes a measurement.</summary>
    public void Add(long step, double seconds)
    {
        _last = step;
        Seconds += seconds;
        if (_measurements++ == 0)
            return; // the first one pays for what is done once, such as compiling
        _costs.Enqueue(seconds);
        if (_costs.Count > Remembered)
            _costs.Dequeue();
    }

    /// <summary>Fewest steps between two measurements at which the group stays within its share. The median of the last costs counts, so that one disturbed measurement does not.</summary>
    private double Stretch(double? allowed)
    {
        if (allowed is not > 0 || _costs.Count == 0)
            return 1;
        var cost = _costs.Order().ElementAt(_costs.Count / 2);
        return cost / (group.Share * allowed.Value);
    }
}
