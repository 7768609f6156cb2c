using ConvScope.Quantities;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Quantities;

public sealed class ScalarCollectorTests
{
    [Test]
    public void Collect_SeveralQuantities_KeepsTheirOrderAndTheNetworks()
    {
        using var step = new MeasuredStep();
        Assert.That(step.Collect(new WeightNorm(), new BatchLoss(), new GradientMax()).Select(reading => $"{reading.Quantity}: {reading.Target}"), Is.EqualTo(new[]
        {
            "weight norm: conv.weight", "weight norm: conv.bias", "weight norm: fc.weight", "weight norm: fc.bias",
            "loss: ",
            "gradient max: conv.weight", "gradient max: conv.bias", "gradient max: fc.weight", "gradient max: fc.bias",
        }));
    }

    [Test]
    public void Collect_NoQuantities_GivesNothing()
    {
        using var step = new MeasuredStep();
        Assert.That(step.Collect(), Is.Empty);
    }

    [Test]
    public void Collect_QuantityThatMeasuresNothing_GivesTheOthersOnly()
    {
        using var step = new MeasuredStep(frozen: [.. ToyImages.ParameterNames.Skip(1)]);
        var readings = step.Collect(new Constants(), new GradientNorm());
        Assert.That(readings.Select(reading => reading.Target), Is.EqualTo(new[] { "conv.weight" }));
    }

    [Test]
    public void Collect_OtherTypesAndShapes_BringsTheValues()
    {
        using var step = new MeasuredStep();
        using var whole = tensor(7L);
        using var exact = tensor(0.1);
        using var nested = tensor(new[] { float.NaN }, [1, 1, 1]);
        using var infinite = tensor(float.NegativeInfinity);
        var readings = step.Collect(new Constants(("whole", whole), ("exact", exact), ("nested", nested), ("infinite", infinite)));
        Assert.That(readings.Select(reading => reading.Value), Is.EqualTo(new[] { 7, 0.1, double.NaN, double.NegativeInfinity }));
    }

    [Test]
    public void Collect_AStep_ChangesNothing()
    {
        using var step = new MeasuredStep();
        manual_seed(11).Dispose();
        using var before = random.get_rng_state();
        var (weights, gradients) = (ParameterBits.Of(step.Network), ParameterBits.OfGradients(step.Network));
        byte[][] Inputs() => [step.Completed.Images.bytes.ToArray(), step.Completed.Labels.bytes.ToArray(), step.Completed.Outputs.bytes.ToArray(), step.Completed.Loss.bytes.ToArray()];
        var inputs = Inputs();

        step.Collect(new BatchLoss(), new GradientNorm(), new GradientMean(), new GradientMax(), new WeightNorm());

        using var after = random.get_rng_state();
        Assert.That(ParameterBits.Of(step.Network), Is.EqualTo(weights));
        Assert.That(ParameterBits.OfGradients(step.Network), Is.EqualTo(gradients));
        Assert.That(Inputs(), Is.EqualTo(inputs));
        Assert.That(after.bytes.SequenceEqual(before.bytes), "the random state");
        Assert.That(step.Network.training);
        Assert.That(is_grad_enabled());
    }

    [Test]
    public void Collect_AStep_LeavesNoNativeTensor()
    {
        using var step = new MeasuredStep();
        Assert.That(NativeTensors.LeftBehindBy(() => step.Collect(new BatchLoss(), new GradientNorm(), new GradientMean(), new GradientMax(), new WeightNorm()), parameters: 0), Is.Zero);
    }

    [Test]
    public void Collect_QuantityThatThrows_LeavesNoNativeTensorAndTracksGradientsAgain()
    {
        using var step = new MeasuredStep();
        Assert.That(NativeTensors.LeftBehindBy(() => Assert.Throws<NotSupportedException>(() => step.Collect(new WeightNorm(), new Failing())), parameters: 0), Is.Zero);
        Assert.That(is_grad_enabled());
    }

    private sealed class Constants(params (string Target, Tensor Value)[] values) : Quantity("constants", "1")
    {
        public override IEnumerable<(string Target, Tensor Value)> Measure(StepContext context) => values;
    }

    private sealed class Failing() : Quantity("failing", "1")
    {
        public override IEnumerable<(string Target, Tensor Value)> Measure(StepContext context)
        {
            yield return ("", context.Completed.Loss.exp());
            throw new NotSupportedException();
        }
    }
}
