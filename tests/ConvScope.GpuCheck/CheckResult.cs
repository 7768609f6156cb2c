namespace ConvScope.GpuCheck;

/// <summary>One line of the results.</summary>
/// <param name="Check">Name of the check.</param>
/// <param name="Status">One of <see cref="Done"/>, <see cref="NotAsExpected"/>, <see cref="Failed"/>, <see cref="Skipped"/>.</param>
/// <param name="Seconds">What it took.</param>
/// <param name="Expected">What was expected and did not hold.</param>
/// <param name="Result">What came out; the exception where it failed.</param>
internal sealed record CheckResult(string Check, string Status, double Seconds, IReadOnlyList<string> Expected, object Result)
{
    /// <summary>It ran to its end, and all was as expected.</summary>
    public const string Done = "done";

    /// <summary>It ran to its end; something was not as expected.</summary>
    public const string NotAsExpected = "not as expected";

    /// <summary>It threw.</summary>
    public const string Failed = "failed";

    /// <summary>It was not begun.</summary>
    public const string Skipped = "skipped";
}
