using ConvScope.Training;

namespace ConvScope.Tests.Training;

public sealed class EpochMetricsTests
{
    [Test]
    public void ToString_WithoutValidation_IsTheSeedsLine() =>
        Assert.That(new EpochMetrics(3, 5, 0.04149, 0.9872, null, null, 1.5).ToString(), Is.EqualTo("[3/5]: Loss: 0.041 | Accu: 98.720%"));

    [Test]
    public void ToString_WithValidation_AddsItsAccuracy() =>
        Assert.That(new EpochMetrics(10, 10, 2.30259, 0.1, 2.3, 1, 1.5).ToString(), Is.EqualTo("[10/10]: Loss: 2.303 | Accu: 10.000% | Validation: 100.000%"));

    [Test]
    public void ToString_DivergedTraining_SaysNaN() =>
        Assert.That(new EpochMetrics(1, 2, double.NaN, 0, null, null, 1.5).ToString(), Is.EqualTo("[1/2]: Loss: NaN | Accu: 0.000%"));
}
