using ConvScope.Native;
using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Networks.Weights;

/// <summary>Weights that are NaN or infinite are found wherever they are kept, and nothing else is taken for such.</summary>
public sealed class NonFiniteWeightsTests
{
    private static readonly ScalarType[] _types = [ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float32, ScalarType.Float64];

    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [TestCaseSource(nameof(_types))]
    public void Find_EveryTypeOfFloats_CountsNaNAndBothInfinities(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 1, float.NaN, 0, float.PositiveInfinity, -2, float.NegativeInfinity, -0f, 3 }, [2, 4]).to(type);
        NonFiniteTensor[] expected = [new("w", 3, 8)];
        Assert.That(NonFiniteWeights.Find([("ok", ones(3).to(type)), ("w", values)]), Is.EqualTo(expected));
        Assert.That(NonFiniteWeights.Find([ModuleWeights.Copy("ok", ones(3).to(type)), ModuleWeights.Copy("w", values)]),
            Is.EqualTo(expected));
    }

    [TestCaseSource(nameof(_types))]
    public void Find_LargestFiniteValues_AreFiniteThoughTheirSumIsNot(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var largest = full([1000],
            type switch { ScalarType.Float16 => 65504, ScalarType.BFloat16 => 3.38e38, ScalarType.Float32 => 3.4e38, _ => 1.7e308 }, type);
        Assert.That(NonFiniteWeights.Find([("w", largest)]), Is.Empty);
        Assert.That(NonFiniteWeights.Find([ModuleWeights.Copy("w", largest)]), Is.Empty);
    }

    [Test]
    public void Find_WholeNumbersAndEmptyTensors_AreLeftOut()
    {
        using var scope = NewDisposeScope();
        Tensor[] tensors = [tensor(7L), tensor(new[] { true }), zeros(0), zeros([0, 4], ScalarType.Float64)];
        Assert.That(NonFiniteWeights.Find(tensors.Select(values => ("w", values))), Is.Empty);
        Assert.That(NonFiniteWeights.Find(tensors.Select(values => ModuleWeights.Copy("w", values))), Is.Empty);
        Assert.That(NonFiniteWeights.Find(Array.Empty<(string, Tensor)>()), Is.Empty);
    }

    [Test]
    public void Find_AModule_LooksIntoBuffersTooAndKeepsItsOrder()
    {
        using var scope = NewDisposeScope();
        using var module = nn.Sequential(("conv", nn.Conv2d(1, 4, 3)), ("norm", nn.BatchNorm2d(4)));
        Assert.That(NonFiniteWeights.Find(module), Is.Empty);
        using (no_grad())
        {
            module.state_dict()["norm.running_var"].narrow(0, 1, 2).fill_(float.PositiveInfinity);
            module.state_dict()["conv.bias"].narrow(0, 0, 1).fill_(float.NaN);
        }

        Assert.That(NonFiniteWeights.Find(module).Select(found => found.ToString()),
            Is.EqualTo(new[] { "'conv.bias' (1 of 4 values)", "'norm.running_var' (2 of 4 values)" }));
    }

    [Test]
    public void Find_LargeStoredTensor_LooksAtEveryPart()
    {
        var values = new float[200_001];
        (values[0], values[65_536], values[200_000]) = (float.NaN, float.NaN, float.NaN);
        Assert.That(NonFiniteWeights.Find([StoredTensor.Of(new NamedArray("w", [values.Length], values))]),
            Is.EqualTo(new NonFiniteTensor[] { new("w", 3, 200_001) }));
    }

    [Test]
    public void Message_ManyTensors_NamesFiveAndHowManyMore()
    {
        var error = new NonFiniteWeightsException("Network 'toy'",
            [.. Enumerable.Range(0, 8).Select(index => new NonFiniteTensor($"w{index}", 1234, 5678))]);
        Assert.That(error.Message,
            Does.StartWith("Network 'toy' has weights that are NaN or infinite, from which nothing sensible comes: 'w0' (1,234 of 5,678 ")
            .And.Contain("'w4' (1,234 of 5,678 values) and 3 more tensors."));
        Assert.That(error.Tensors, Has.Count.EqualTo(8));
    }
}
