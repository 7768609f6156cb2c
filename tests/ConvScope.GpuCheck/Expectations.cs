namespace ConvScope.GpuCheck;

/// <summary>Collects what was expected and did not hold.</summary>
internal sealed class Expectations
{
    private readonly List<string> _broken = [];

    /// <summary>Each expectation that did not hold, in words.</summary>
    public IReadOnlyList<string> Broken => _broken;

    /// <summary>Expects something.</summary>
    /// <param name="holds">Whether it is so.</param>
    /// <param name="what">What should be so, with the figure that was found.</param>
    public void That(bool holds, string what)
    {
        if (!holds)
            _broken.Add(what);
    }

    /// <summary>Expects a figure to be at most something; a value that is no number is too large.</summary>
    public void AtMost(double limit, double value, string what) =>
        That(value <= limit, $"{what} should be at most {limit:G4}; it is {value:G4}");

    /// <summary>Expects a figure to be at least something; a value that is no number is too small.</summary>
    public void AtLeast(double limit, double value, string what) =>
        That(value >= limit, $"{what} should be at least {limit:G4}; it is {value:G4}");
}
