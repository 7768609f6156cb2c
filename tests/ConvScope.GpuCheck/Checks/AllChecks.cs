namespace ConvScope.GpuCheck.Checks;

/// <summary>The checks that there are.</summary>
internal static class AllChecks
{
    /// <summary>All of them, what matters most first.</summary>
    public static IReadOnlyList<Check> InOrderOfWorth { get; } =
    [
        new LoadCheck(), new MoveCheck(), new ChoiceCheck(), new EqualCheck(), new FitCheck(), new BitsCheck(),
        new ReadingsCheck(), new ResumeCheck(), new AttributionCheck(), new LeakCheck(), new SpeedCheck(), new ShareCheck(),
        new StreamCheck(), new MixedCheck(), new TwoCheck(), new HeadsCheck(), new AugmentCheck(), new ScopeCheck(),
    ];
}
