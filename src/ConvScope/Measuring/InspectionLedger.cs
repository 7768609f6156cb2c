using System.Globalization;

namespace ConvScope.Measuring;

/// <summary>
/// What inspection has spent of a training's time, and what it may spend: every part is timed here, and asks before it spends. What is allowed is the budget's share of the whole training, as far as its
/// length is known by now; <see cref="Worth"/> decides how much of that may be gone before a part is cut.
/// </summary>
/// <param name="budget">Share of the training's time that inspection may take, above 0 to 1; null for no limit.</param>
/// <param name="steps">Steps of the whole training; 0 where that is not known: then the first steps are spent on as if it were to have 5,000, and all else as if it ended now.</param>
/// <param name="firstStep">The first step, more than 0 for a training that is resumed.</param>
/// <param name="time">The clock; null for the system's.</param>
internal sealed class InspectionLedger(double? budget, long steps = 0, long firstStep = 0, TimeProvider? time = null)
{
    /// <summary>Name of the part that starts a record. What it cost tells what code costs that runs for the first time.</summary>
    public const string Start = "start";

    private const double Kept = 0.25; // of the budget, for what nobody asks for: weights and metrics of an epoch, the diagnosis, the record's end
    private const double FirstLooksPart = 0.35, ChecksPart = 0.5, LargestReserve = 0.25; // of what is allowed
    private const double EndPart = 0.1, SmallPart = 0.04; // of what is allowed: pieces as small, of the end and of an epoch, may take what is kept
    private const long AssumedSteps = 5000; // of a loop that does not tell
    private const double WarmSeconds = 0.05; // a first step below this had nothing to compile; others are taken for so many steps:
    private const double StepsInAColdOne = 100;
    private const double SlowerThanFastest = 2; // a mean step at most: the first ones compile what they call

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly long _began = (time ?? TimeProvider.System).GetTimestamp();
    private readonly Dictionary<string, (double Total, double Last)> _parts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Asked, int Refused)> _asked = new(StringComparer.Ordinal);
    private readonly List<string> _cuts = [];
    private double _spent;
    private long _opened;
    private int _open;
    private long _made; // steps
    private double _firstSeconds; // of the first step
    private double _fastest = double.PositiveInfinity; // of the others
    private double _own; // the training's own seconds until the last step
    private double _reserved;
    private bool _isOver;

    /// <summary>What inspection has cost so far, in seconds.</summary>
    public double Seconds => _open > 0 ? _spent + _time.GetElapsedTime(_opened).TotalSeconds : _spent;

    /// <summary>What a step of the training itself takes, as far as is known, in seconds; 0 before the first.</summary>
    public double SecondsPerStep => _made switch
    {
        0 => 0,
        1 => _firstSeconds < WarmSeconds ? _firstSeconds : _firstSeconds / StepsInAColdOne,
        _ => Math.Min((Elapsed - Seconds - _firstSeconds) / (_made - 1), SlowerThanFastest * _fastest),
    };

    /// <summary>What readings after the first steps may cost a step from here on, all groups together, in seconds; infinite without a budget.</summary>
    public double PerStep
    {
        get
        {
            if (budget is null)
                return double.PositiveInfinity;
            var room = Math.Max(0, LaterEnd - Seconds);
            return steps > 0 ? room / Math.Max(1, StepsLeft) : Math.Min(room, PerStepAtMost);
        }
    }

    /// <summary>The budget's share of a step, in seconds, whatever was spent before.</summary>
    public double PerStepAtMost => Share * SecondsPerStep;

    /// <summary>What may be spent in all, as far as the first steps can tell, in seconds.</summary>
    public double AllowedAtFirst => steps > 0 ? Allowed : Share * (Elapsed + SecondsPerStep * Math.Max(0, AssumedSteps - _made));

    /// <summary>What was left out for the budget's sake, in words; empty where nothing was.</summary>
    public IReadOnlyList<string> Cuts => [.. _asked.Where(asked => asked.Value.Refused > 0).Select(asked => Words(asked.Key, asked.Value)), .. _cuts];

    private double Elapsed => _time.GetElapsedTime(_began).TotalSeconds;

    private long StepsLeft => _isOver || steps == 0 ? 0 : Math.Max(0, steps - firstStep - _made);

    /// <summary>What may be spent by the end, for a loop of unknown length by now.</summary>
    private double Allowed => Share * (Elapsed + SecondsPerStep * StepsLeft);

    private double Share => (budget ?? double.PositiveInfinity) * (1 - Kept);

    /// <summary>What everything before the end may come to.</summary>
    private double LaterEnd => Allowed - Math.Min(_reserved, LargestReserve * Allowed);

    /// <summary>Starts the clock, which may be running already.</summary>
    /// <returns>Stops it.</returns>
    public Clock Open()
    {
        if (_open++ == 0)
            _opened = _time.GetTimestamp();
        return new Clock(this);
    }

    /// <summary>Does a piece of work and keeps what it cost under the name of a part.</summary>
    public T Time<T>(string part, Func<T> work)
    {
        using var clock = Open();
        var before = Seconds;
        var answer = work();
        Add(part, Seconds - before);
        return answer;
    }

    /// <inheritdoc cref="Time{T}(string, Func{T})" />
    public void Time(string part, Action work) => Time(part, () =>
    {
        work();
        return true;
    });

    /// <summary>What a part cost the last time, in seconds; 0 before the first.</summary>
    public double Last(string part) => _parts.GetValueOrDefault(part).Last;

    /// <summary>The training has made a step.</summary>
    /// <param name="step">The step, from 0.</param>
    public void StepMade(long step)
    {
        _made = step - firstStep + 1;
        var own = Elapsed - Seconds;
        if (_made == 1)
            _firstSeconds = own;
        else
            _fastest = Math.Min(_fastest, own - _own);
        _own = own;
    }

    /// <summary>Whether a step is the training's last one, as far as is known.</summary>
    public bool IsLast(long step) => steps > 0 && step + 1 >= steps;

    /// <summary>The training has made its last step: what is spent from now on is measured against what it came to.</summary>
    public void Over() => _isOver = true;

    /// <summary>Keeps something for the end, at most a quarter of what is allowed.</summary>
    /// <param name="seconds">What the end is going to cost.</param>
    public void Reserve(double seconds) => _reserved = seconds;

    /// <summary>Whether something may be spent now; before the first step, when nothing is known of the others, it may.</summary>
    /// <param name="seconds">What it is going to cost.</param>
    /// <param name="worth">What it is worth.</param>
    public bool Affords(double seconds, Worth worth)
    {
        if (budget is null || _made == 0)
            return true;
        var small = worth switch { Worth.End => EndPart, Worth.Later => SmallPart, _ => 0 };
        return Seconds + seconds <= Limit(worth) || (seconds <= small * Allowed && Seconds + seconds <= Allowed / (1 - Kept));
    }

    /// <summary>Whether something may be spent now, as <see cref="Affords"/> has it; a refusal is told in <see cref="Cuts"/>.</summary>
    /// <param name="what">What it is, in words.</param>
    /// <param name="seconds">What it is going to cost.</param>
    /// <param name="worth">What it is worth.</param>
    public bool Ask(string what, double seconds, Worth worth)
    {
        var affords = Affords(seconds, worth);
        var (asked, refused) = _asked.GetValueOrDefault(what);
        _asked[what] = (asked + 1, refused + (affords ? 0 : 1));
        return affords;
    }

    /// <summary>Adds to <see cref="Cuts"/>.</summary>
    public void Cut(string words) => _cuts.Add(words);

    /// <summary>The costs as text, seconds each, in the order in which they first came.</summary>
    /// <param name="groups">What groups of quantities cost; they come first.</param>
    public string Describe(IEnumerable<(string Group, double Seconds)> groups) => string.Join("; ", groups.Concat(_parts.Select(part => (part.Key, part.Value.Total)))
        .Select(cost => string.Create(CultureInfo.InvariantCulture, $"{cost.Item1} {Math.Round(cost.Item2, 4)} s")));

    private static string Words(string what, (int Asked, int Refused) count) => count.Asked == 1 ? what : string.Create(CultureInfo.InvariantCulture, $"{what}, {count.Refused} of {count.Asked} times");

    /// <summary>How much may be gone in all before something is cut, in seconds.</summary>
    private double Limit(Worth worth) => worth switch
    {
        Worth.FirstReadings => AllowedAtFirst,
        Worth.FirstLooks => FirstLooksPart * AllowedAtFirst,
        Worth.Checks => ChecksPart * AllowedAtFirst,
        Worth.Later => FirstLooksPart * Allowed + (LaterEnd - FirstLooksPart * Allowed) * _made / Math.Max(1, _made + StepsLeft),
        _ => Allowed,
    };

    private void Add(string part, double seconds) => _parts[part] = (_parts.GetValueOrDefault(part).Total + seconds, seconds);

    private void Close()
    {
        if (--_open == 0)
            _spent += _time.GetElapsedTime(_opened).TotalSeconds;
    }

    /// <summary>Stops the ledger's clock.</summary>
    /// <param name="ledger">The ledger.</param>
    internal readonly struct Clock(InspectionLedger ledger) : IDisposable
    {
        public void Dispose() => ledger.Close();
    }
}
