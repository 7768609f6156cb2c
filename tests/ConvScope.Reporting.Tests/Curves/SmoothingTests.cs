using ConvScope.Records.Recording;
using ConvScope.Reporting.Curves;

namespace ConvScope.Reporting.Tests.Curves;

public sealed class SmoothingTests
{
    [Test]
    public void Apply_UnitSpacing_IsTensorBoardsNumberByNumber([Values(0, 0.5, 0.9, 0.99)] double factor)
    {
        var readings = Uneven(200, _ => 1);
        double last = 0, smoothed = double.NaN; // as TensorBoard's line chart has it
        var expected = readings.Select((reading, index) =>
        {
            last = last * factor + (1 - factor) * reading.Value;
            return smoothed = last / (1 - Math.Pow(factor, index + 1));
        }).ToArray();
        Assert.That(Smoothing.Apply(readings, factor), Is.EqualTo(expected).Within(1e-12));
        Assert.That(smoothed, Is.Not.NaN);
    }

    [Test]
    public void Apply_EqualDistances_IsTheSameForEveryDistance([Values(2, 50, 1000)] int distance) =>
        Assert.That(Smoothing.Apply(Uneven(100, _ => distance), 0.9), Is.EqualTo(Smoothing.Apply(Uneven(100, _ => 1), 0.9)).Within(1e-12));

    [Test]
    public void Apply_UnevenDistances_IsTheSlowTwins([Values(0.5, 0.9, 0.99)] double factor)
    {
        var readings = Uneven(80, index => index < 40 ? 10 : 250);
        Assert.That(Smoothing.Apply(readings, factor), Is.EqualTo(SmoothingTwin.Of(readings, factor)).Within(1e-12));
    }

    [Test]
    public void Apply_ManyReadingsAtTheBeginning_DoNotOutweighTheStepsSince()
    {
        // 100 readings of 2 in the first 100 steps, then 10 of 0, a hundred steps apart: the mean over steps has left the beginning behind
        Reading[] readings = [.. Enumerable.Range(0, 100).Select(step => new Reading(step, 1, 2)), .. Enumerable.Range(1, 10).Select(hundred => new Reading(99 + 100 * hundred, 1, 0))];
        Assert.That(Smoothing.Apply(readings, 0.9)[^1], Is.LessThan(0.02));
    }

    [Test]
    public void Apply_ValueThatIsNotFinite_IsNaNAndDoesNotEnterTheMean([Values(double.NaN, double.PositiveInfinity)] double value)
    {
        var smooth = Smoothing.Apply([new(0, 1, 1), new(1, 1, value), new(2, 1, 2)], 0.9);
        Assert.That(smooth[1], Is.NaN);
        Assert.That(smooth[2], Is.EqualTo(0.29 / 0.19).Within(1e-12), "as two readings at their mean distance: (0.9·0.1·1 + 0.1·2) / (0.9·0.1 + 0.1)");
    }

    [Test]
    public void Apply_Constant_StaysAsItIs() => Assert.That(Smoothing.Apply(Uneven(50, index => 1 + index % 7, _ => 3), 0.9), Is.All.EqualTo(3));

    [TestCase(-0.1)]
    [TestCase(1)]
    [TestCase(double.NaN)]
    public void Apply_FactorOutOfRange_SaysTheRange(double factor) =>
        Assert.That(() => Smoothing.Apply([], factor), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.StartsWith("factor must be 0 to 0.999."));

    private static Reading[] Uneven(int count, Func<int, int> distance, Func<int, double>? value = null)
    {
        var random = new Random(1);
        var step = 0L;
        return [.. Enumerable.Range(0, count).Select(index => new Reading(index == 0 ? 0 : step += distance(index), 1, value?.Invoke(index) ?? random.NextDouble()))];
    }
}
