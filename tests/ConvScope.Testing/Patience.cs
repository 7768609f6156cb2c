namespace ConvScope;

/// <summary>
/// How long a test waits for a state before it fails: a guard against hanging, on a machine that does ten other things, and no statement
/// about speed.
/// </summary>
public static class Patience
{
    /// <summary>The limit.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromMinutes(2);

    /// <summary>Waits until something is so; the test fails where it is not within <see cref="Limit"/>.</summary>
    /// <param name="isSo">Asked again and again.</param>
    /// <param name="what">What is waited for, in words.</param>
    public static void WaitUntil(Func<bool> isSo, string what)
    {
        ArgumentNullException.ThrowIfNull(isSo);
        Assert.That(SpinWait.SpinUntil(isSo, Limit), what);
    }
}
