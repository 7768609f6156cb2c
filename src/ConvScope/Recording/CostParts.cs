using System.Diagnostics;
using System.Globalization;

namespace ConvScope.Recording;

/// <summary>Adds up what parts of an inspection cost.</summary>
internal sealed class CostParts
{
    private readonly Dictionary<string, double> _seconds = new(StringComparer.Ordinal);

    /// <summary>The costs as text, seconds each, in the order in which they first came.</summary>
    /// <param name="groups">What groups of quantities cost; they come first.</param>
    public string Describe(IEnumerable<(string Group, double Seconds)> groups) => string.Join("; ", groups.Concat(_seconds.Select(part => (part.Key, part.Value)))
        .Select(cost => string.Create(CultureInfo.InvariantCulture, $"{cost.Item1} {Math.Round(cost.Item2, 4)} s")));

    /// <summary>Adds a duration.</summary>
    public void Add(string part, double seconds) => _seconds[part] = _seconds.GetValueOrDefault(part) + seconds;

    /// <summary>Does a piece of work and adds its duration.</summary>
    public void Time(string part, Action work)
    {
        var clock = Stopwatch.GetTimestamp();
        work();
        Add(part, Stopwatch.GetElapsedTime(clock).TotalSeconds);
    }

    /// <inheritdoc cref="Time(string, Action)" />
    public T Time<T>(string part, Func<T> work)
    {
        var clock = Stopwatch.GetTimestamp();
        var answer = work();
        Add(part, Stopwatch.GetElapsedTime(clock).TotalSeconds);
        return answer;
    }
}
