using ConvScope.Records.Recording;
using ConvScope.Reporting.Views;

namespace ConvScope.Reporting.Tests.Views;

/// <summary>Thinned curves keep what an eye would miss.</summary>
public sealed class ThinningTests
{
    [Test]
    public void LargestTriangles_FewReadings_AreAllKept()
    {
        var readings = Series(10, step => step);
        Assert.That(Thinning.LargestTriangles(readings, 10), Is.SameAs(readings));
    }

    [Test]
    public void LargestTriangles_ManyReadings_AreAtMostAsManyWithFirstAndLast([Values(3, 4, 50, 999)] int most)
    {
        var readings = Series(1000, step => Math.Sin(step * 0.1));
        var thinned = Thinning.LargestTriangles(readings, most);
        Assert.That(thinned, Has.Count.EqualTo(most));
        Assert.That((thinned[0], thinned[^1]), Is.EqualTo((readings[0], readings[^1])));
        Assert.That(thinned, Is.SubsetOf(readings), "readings are chosen, never averaged");
        Assert.That(thinned.Select(reading => reading.Step), Is.Ordered.And.Unique);
    }

    [Test]
    public void LargestTriangles_OneSpike_IsKept()
    {
        var readings = Series(5000, step => step == 3217 ? 100 : 1);
        Assert.That(Thinning.LargestTriangles(readings, 50).Select(reading => reading.Value), Does.Contain(100.0));
    }

    [Test]
    public void LargestTriangles_ReadingsThatAreNotFinite_LeaveGaps()
    {
        var readings = Series(4000, step => step % 10 == 0 ? double.NaN : step);
        var thinned = Thinning.LargestTriangles(readings, 200);
        Assert.That(thinned, Has.Count.EqualTo(200));
        Assert.That(thinned.Count(reading => double.IsNaN(reading.Value)), Is.EqualTo(50));
        Assert.That(thinned.Select(reading => reading.Step), Is.Ordered.And.Unique);
    }

    [Test]
    public void LargestTriangles_NothingFinite_KeepsSome() =>
        Assert.That(Thinning.LargestTriangles(Series(1000, _ => double.NaN), 100), Has.Count.EqualTo(25));

    [Test]
    public void LargestTriangles_OneStretch_PicksTheLargestTriangleByHand()
    {
        Reading[] readings = [new(0, 1, 0), new(1, 1, 1), new(2, 1, 5), new(3, 1, -1), new(4, 1, 0)];
        Assert.That(Thinning.LargestTriangles(readings, 3).Select(reading => reading.Step), Is.EqualTo(new[] { 0, 2, 4 }));
    }

    private static Reading[] Series(int count, Func<int, double> value) => [.. Enumerable.Range(0, count).Select(step => new Reading(step, 1, value(step)))];
}
