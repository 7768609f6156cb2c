using System.Globalization;
using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis;

/// <summary>Looks for one thing that can be wrong with a training. A rule holds no state: what it needs is in the history.</summary>
/// <param name="name">Name of the rule, as findings carry it.</param>
/// <param name="quantity">The quantity whose new readings make the rule look again.</param>
/// <param name="persistence">Of the last five looks, how many must give the signal before it becomes a finding, 1 to 5.</param>
public abstract class Rule(string name, string quantity, int persistence = 3)
{
    /// <summary>Name of the rule.</summary>
    public string Name { get; } = name;

    /// <summary>The quantity whose new readings make the rule look again.</summary>
    public string Quantity { get; } = quantity;

    /// <summary>Of the last five looks, how many must give the signal before it becomes a finding.</summary>
    public int Persistence { get; } = persistence;

    /// <summary>Looks at the history.</summary>
    /// <returns>A signal for each target that is concerned; none where all is well.</returns>
    public abstract IEnumerable<Signal> Check(History history);

    /// <summary>The latest reading of a series as evidence.</summary>
    protected static Evidence Latest(string quantity, string target, Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return new Evidence(quantity, target, trace.Last.Step, trace.Last.Value);
    }

    /// <summary>Text with numbers as people read them: three digits, a decimal point.</summary>
    protected static string Text(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>A number with three digits.</summary>
    protected static string Number(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
