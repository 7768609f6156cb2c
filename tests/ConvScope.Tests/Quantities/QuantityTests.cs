using ConvScope.Native;
using ConvScope.Quantities;
using ConvScope.Quantities.Batch;
using ConvScope.Quantities.Layers;
using ConvScope.Quantities.Parameters;
using ConvScope.Records.Recording;
using ConvScope.Tests.Measuring;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Quantities;

/// <summary>Every quantity against its slow twin, on a real step of a real training: first alone, then all together.</summary>
public sealed class QuantityTests
{
    private const double Tolerance = 1e-5;

    private static readonly Quantity[] _all =
    [
        new BatchLoss(), new BatchAccuracy(), new GradientNorm(), new GradientMean(), new GradientStandardDeviation(), new GradientMax(), new GradientZeroShare(), new GradientNonFinite(),
        new WeightNorm(), new WeightMean(), new WeightStandardDeviation(), new UpdateRatio(), new DistanceFromInitialization(),
        new OutputMean(), new OutputStandardDeviation(), new OutputZeroShare(), new OutputSaturation(), new InactiveUnits(), new OutputGradientNorm(), new OutputGradientMean(), new GradientSignalToNoise(),
        new UnitSimilarity(), new ProbabilityOutputs(), new DominantClass(),
    ];

    private static readonly HistogramQuantity[] _histograms = [new GradientHistogram(), new WeightHistogram(), new UpdateHistogram()];

    private static IEnumerable<string> Names => _all.Select(quantity => quantity.Name);

    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [TestCaseSource(nameof(Names))]
    public void Measure_Alone_EqualsTheTwin(string name)
    {
        using var step = MeasuredStep.Make([.. _all.Where(quantity => quantity.Name == name)], []);
        AssertEqualsTwin(step, name);
    }

    [Test]
    public void Measure_AllTogether_EqualTheTwins()
    {
        using var step = MeasuredStep.Make(_all, _histograms);
        foreach (var name in Names)
            AssertEqualsTwin(step, name);
    }

    [Test]
    public void Histograms_OfAStep_EqualTheTwin()
    {
        using var step = MeasuredStep.Make([], _histograms);
        Assert.That(step.Measurement.Histograms, Has.Count.EqualTo(3 * step.Names.Count));
        foreach (var (name, target, counts) in step.Measurement.Histograms)
        {
            var values = name switch
            {
                QuantityNames.GradientHistogram => step.Gradient(target),
                QuantityNames.WeightHistogram => step.After(target),
                _ => step.Update(target),
            };
            Assert.That(counts, Is.EqualTo(SlowTwin.Histogram(values, HistogramBins.Edge)), $"{name} of {target}");
        }
    }

    [Test]
    public void Measure_AStep_ChangesNothing()
    {
        using var step = MeasuredStep.Make([], []);
        using var randomBefore = random.get_rng_state();
        var before = step.State();
        using var again = step.MeasureAgain(_all, _histograms);
        using var randomAfter = random.get_rng_state();
        Assert.That(step.State(), Is.EqualTo(before), "weights, gradients and modes");
        Assert.That(randomAfter.bytes.SequenceEqual(randomBefore.bytes), "random state");
    }

    private static void AssertEqualsTwin(MeasuredStep step, string name)
    {
        var expected = step.Twin(name);
        var measured = step.Measurement.Scalars.Where(scalar => scalar.Quantity.Name == name).ToDictionary(scalar => scalar.Target, scalar => scalar.Value);
        Assert.That(measured.Keys, Is.EquivalentTo(expected.Keys), name);
        foreach (var (target, value) in expected)
            Assert.That(measured[target], Is.EqualTo(value).Within(Math.Abs(value) * Tolerance), $"{name} of {target}");
    }
}
