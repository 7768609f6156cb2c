namespace ConvScope.Zoo;

/// <summary>A kind of training.</summary>
/// <param name="Name">Name of the fault, or of the healthy kind.</param>
/// <param name="Symptoms">Names of the rules that name the fault rightly; empty for a healthy training.</param>
/// <param name="Recipe">How it is done.</param>
internal sealed record Case(string Name, IReadOnlyList<string> Symptoms, Recipe Recipe)
{
    public bool IsHealthy => Symptoms.Count == 0;

    /// <summary>Whether the fault can be seen from the first steps on.</summary>
    public bool ShowsAtOnce { get; init; } = true;
}
