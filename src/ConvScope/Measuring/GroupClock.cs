using ConvScope.Quantities;

namespace ConvScope.Measuring;

/// <summary>
/// Decides when a group is measured: at the first steps by its schedule, as long as the ledger affords it; later by its schedule too, stretched so that it stays within its share of what is left a step.
/// </summary>
/// <param name="group">The group.</param>
/// <param name="firstStep">The training's first step, more than 0 for one that is resumed.</param>
internal sealed class GroupClock(QuantityGroup group, long firstStep = 0)
{
    /// <summary>The steps at which schedules are not stretched: most faults show there.</summary>
    public const int FirstSteps = 200;

    /// <summary>What a look at the layers costs before the first one, in steps of the training.</summary>
    public const double StepsForALook = 2;

    private const double StepsForNumbers = 0.5; // the same for other groups
    private const double FirstPart = 0.5; // of its own share, that a group may spend on the first steps whatever the first looks have cost
    private const int Remembered = 5;

    private readonly Queue<double> _costs = [];
    private double _firstCost;
    private long _last = -1;
    private bool _isOwed; // it was due, could not be afforded, and was never measured

    public QuantityGroup Group => group;

    /// <summary>Seconds that the group has cost so far.</summary>
    public double Seconds { get; private set; }

    /// <summary>Whether the group is measured at a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch; 0 where that is not known.</param>
    /// <param name="ledger">Knows what may be spent.</param>
    public bool IsDue(long step, long stepsPerEpoch, InspectionLedger ledger)
    {
        var isScheduled = group.Schedule.IsDue(step, stepsPerEpoch);
        if (!isScheduled && !_isOwed)
            return false;
        if (step - firstStep > FirstSteps)
            return _last < 0 ? ledger.Affords(Estimate(ledger), Worth.End) : step - _last >= Estimate(ledger) / (group.Share * PerStep(ledger));
        if (!group.NeedsParameters)
            return true; // some microseconds, and without them there is no curve
        if (!group.IsDear && Seconds - _firstCost + Estimate(ledger) <= FirstPart * group.Share * ledger.AllowedAtFirst)
            return true; // within its own share, whatever the first looks have cost
        var worth = group.IsDear ? Worth.FirstLooks : Worth.FirstReadings;
        var isDue = isScheduled ? ledger.Ask($"{group.Name} at the first steps", Estimate(ledger), worth) : ledger.Affords(Estimate(ledger), worth);
        _isOwed = !isDue && _last < 0;
        return isDue;
    }

    /// <summary>Notes a measurement.</summary>
    public void Add(long step, double seconds)
    {
        _isOwed = false;
        Seconds += seconds;
        if (_last < 0)
            _firstCost = seconds; // it pays for what is done once, such as compiling
        else
            _costs.Enqueue(seconds);
        _last = step;
        if (_costs.Count > Remembered)
            _costs.Dequeue();
    }

    /// <summary>What may be spent a step; the batch's own numbers, which the curves are made of, keep a third of their share where others have spent all.</summary>
    private double PerStep(InspectionLedger ledger) =>
        group.NeedsParameters ? ledger.PerStep : Math.Max(ledger.PerStep, ledger.PerStepAtMost / 3);

    /// <summary>What the next measurement is going to cost, in seconds. The median of the last ones counts, so that one disturbed measurement does not.</summary>
    public double Estimate(InspectionLedger ledger)
    {
        if (_costs.Count > 0)
            return _costs.Order().ElementAt(_costs.Count / 2);
        var usual = (group.ShowsProbe ? StepsForALook : StepsForNumbers) * ledger.SecondsPerStep;
        if (_last >= 0)
            return Math.Min(usual, _firstCost);
        return group.ShowsProbe ? usual + ledger.Last(InspectionLedger.Start) : usual;
    }
}
