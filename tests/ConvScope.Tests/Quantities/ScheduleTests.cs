using ConvScope.Quantities;

namespace ConvScope.Tests.Quantities;

public sealed class ScheduleTests
{
    [TestCase(1, new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 })]
    [TestCase(3, new[] { 0, 3, 6, 9 })]
    [TestCase(100, new[] { 0 })]
    public void IsDue_EveryNthStep_StartsWithTheFirst(int interval, int[] due) =>
        Assert.That(Enumerable.Range(0, 10).Where(step => Schedule.Every(interval).IsDue(step)), Is.EqualTo(due));

    [Test]
    public void IsDue_Never_HoldsForNoStep() => Assert.That(Enumerable.Range(0, 10).Where(step => Schedule.Never.IsDue(step)), Is.Empty);

    [Test]
    public void IsDue_StepBeyondAnInt_StillCounts()
    {
        Assert.That(Schedule.Every(10).IsDue(50_000_000_000));
        Assert.That(Schedule.Every(10).IsDue(50_000_000_001), Is.False);
    }

    [TestCase(0)]
    [TestCase(-5)]
    public void Every_IntervalBelowOne_NamesIt(int interval) =>
        Assert.That(Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Every(interval))!.Message,
            Is.EqualTo($"A schedule measures at least every step: the interval must be at least 1. (Parameter 'interval'){Environment.NewLine}Actual value was {interval}."));

    [Test]
    public void ToString_OfEachKind_IsInWords() => Assert.That(
        new[] { Schedule.Never, Schedule.Every(1), Schedule.Every(25) }.Select(schedule => schedule.ToString()),
        Is.EqualTo(new[] { "never", "every step", "every 25 steps" }));

    [Test]
    public void Equals_SameInterval_Holds()
    {
        var (first, second) = (Schedule.Every(4), Schedule.Every(4));
        Assert.That(second, Is.EqualTo(first));
        Assert.That(Schedule.Every(5), Is.Not.EqualTo(first));
    }
}
