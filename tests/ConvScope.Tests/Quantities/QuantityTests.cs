using ConvScope.Quantities;
using ConvScope.Tests.Training;

namespace ConvScope.Tests.Quantities;

/// <summary>Each quantity against a slow twin in plain loops over copied arrays, measured alone and with all others.</summary>
public sealed class QuantityTests
{
    private static IEnumerable<TestCaseData> Twins()
    {
        yield return Twin(new GradientNorm(), "gradient norm", ofGradients: true, values => Math.Sqrt(Sum(values, value => value * value)));
        yield return Twin(new GradientMean(), "gradient mean", ofGradients: true, values => Sum(values, value => value) / values.Length);
        yield return Twin(new GradientMax(), "gradient max", ofGradients: true, values => Largest(values));
        yield return Twin(new WeightNorm(), "weight norm", ofGradients: false, values => Math.Sqrt(Sum(values, value => value * value)));
    }

    [TestCaseSource(nameof(Twins))]
    public void Measure_OfEachParameter_EqualsTheSlowTwin(Quantity quantity, string name, bool ofGradients, Func<float[], double> slow)
    {
        using var step = new MeasuredStep();
        var arrays = ofGradients ? step.Gradients : step.Weights;
        var readings = step.Collect(quantity);

        Assert.That(readings.Select(reading => (reading.Quantity, reading.Target)), Is.EqualTo(ToyImages.ParameterNames.Select(target => (name, target))));
        foreach (var (_, target, value) in readings)
            Assert.That(value, Is.EqualTo(slow(arrays[target])).Within(1e-7).Or.EqualTo(slow(arrays[target])).Within(0.0001).Percent, target);
    }

    [Test]
    public void Measure_AloneOrWithAllOthers_GivesTheSameBits()
    {
        using var step = new MeasuredStep();
        Quantity[] quantities = [new BatchLoss(), new WeightNorm(), new GradientMax(), new GradientMean(), new GradientNorm()];
        Assert.That(step.Collect(quantities), Is.EqualTo(quantities.SelectMany(quantity => step.Collect(quantity))));
    }

    [Test]
    public void Measure_BatchLoss_EqualsTheSlowTwin()
    {
        using var step = new MeasuredStep();
        var reading = step.Collect(new BatchLoss()).Single();
        Assert.That((reading.Quantity, reading.Target), Is.EqualTo(("loss", "")));
        Assert.That(reading.Value, Is.EqualTo(SlowMetrics.Sums(step.Completed.Outputs, step.Completed.Labels).Loss / 10).Within(1e-6));
    }

    [Test]
    public void Measure_ParametersWithoutGradient_AreLeftOutOfGradientsOnly()
    {
        using var step = new MeasuredStep(frozen: ["conv.weight", "fc.bias"]);
        Assert.That(step.Collect(new GradientNorm()).Select(reading => reading.Target), Is.EqualTo(new[] { "conv.bias", "fc.weight" }));
        Assert.That(step.Collect(new WeightNorm()).Select(reading => reading.Target), Is.EqualTo(ToyImages.ParameterNames));
    }

    [Test]
    public void Unit_OfTheQuantities_IsNatsForTheLossAndAPlainNumberElse()
    {
        Assert.That(new BatchLoss().Unit, Is.EqualTo("nats"));
        Assert.That(new Quantity[] { new GradientNorm(), new GradientMean(), new GradientMax(), new WeightNorm() }.Select(quantity => quantity.Unit), Has.All.EqualTo("1"));
    }

    [Test]
    public void Measure_NoContext_NamesTheArgument()
    {
        Assert.That(Assert.Throws<ArgumentNullException>(() => new BatchLoss().Measure(null!))!.ParamName, Is.EqualTo("context"));
        Assert.That(Assert.Throws<ArgumentNullException>(() => new GradientNorm().Measure(null!).ToList())!.ParamName, Is.EqualTo("context"));
        Assert.That(Assert.Throws<ArgumentNullException>(() => new WeightNorm().Measure(null!).ToList())!.ParamName, Is.EqualTo("context"));
    }

    private static TestCaseData Twin(Quantity quantity, string name, bool ofGradients, Func<float[], double> slow) =>
        new TestCaseData(quantity, name, ofGradients, slow).SetArgDisplayNames(name);

    private static double Sum(float[] values, Func<double, double> term)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += term(value);
        return sum;
    }

    private static double Largest(float[] values)
    {
        var largest = 0.0;
        foreach (var value in values)
            largest = Math.Abs(value) > largest ? Math.Abs(value) : largest;
        return largest;
    }
}
