using ConvScope.Measuring;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Records.Recording;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Measuring;

public sealed class PreChecksTests
{
    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [Test]
    public void Measure_NetworkThatWorks_LearnsTheBatchAndFollowsEachImageAlone()
    {
        using var data = ToyTraining.Images(32);
        using var network = ToyTraining.Network.CreateModule(4);
        var found = Measure(network, data.Images, data.Labels);
        Assert.That(found[QuantityNames.OneBatchAccuracy], Is.EqualTo(1));
        Assert.That(found[QuantityNames.InputDependence], Is.GreaterThan(0.01));
        Assert.That(found[QuantityNames.BatchMixing], Is.LessThan(1e-5));
    }

    [Test]
    public void Measure_LabelsThatContradictEachOther_AreNotLearned()
    {
        using var scope = NewDisposeScope();
        using var data = ToyTraining.Images(32);
        using var network = ToyTraining.Network.CreateModule(4);
        var twice = cat([data.Images.narrow(0, 0, 16), data.Images.narrow(0, 0, 16)]);
        Assert.That(Measure(network, twice, arange(32, ScalarType.Int64).div(16, RoundingMode.floor).to(ScalarType.Int64))[QuantityNames.OneBatchAccuracy], Is.EqualTo(0.5));
    }

    [Test]
    public void Measure_NetworkThatIgnoresItsInput_DependsOnNothing()
    {
        using var data = ToyTraining.Images(32);
        using var network = new Broken(images => images.mul(0));
        Assert.That(Measure(network, data.Images, data.Labels)[QuantityNames.InputDependence], Is.Zero);
    }

    [Test]
    public void Measure_NetworkThatMixesTheBatch_IsSeen()
    {
        using var data = ToyTraining.Images(32);
        using var network = new Broken(images => images.t().reshape(images.shape));
        Assert.That(Measure(network, data.Images, data.Labels)[QuantityNames.BatchMixing], Is.GreaterThan(0.01));
    }

    [Test]
    public void Measure_AnyNetwork_LeavesEverythingAsItWasToTheLastBit()
    {
        using var scope = NewDisposeScope();
        using var data = ToyTraining.Images(32);
        using var floats = data.Images.to(ScalarType.Float32);
        var norm = nn.BatchNorm2d(4);
        using var network = nn.Sequential(nn.Conv2d(1, 4, 3), norm, nn.ReLU(), nn.Dropout(0.3), nn.Flatten(), nn.Linear(144, 3));
        norm.eval(); // a mode of its own
        nn.functional.cross_entropy(network.call(floats), data.Labels).backward();
        var before = (ParameterBits.Of(network), ParameterBits.OfGradients(network), Buffers(network), network.named_modules().Select(pair => pair.module.training).ToArray(), random.get_rng_state().bytes.ToArray());

        Measure(network, floats, data.Labels);

        Assert.That(ParameterBits.Of(network), Is.EqualTo(before.Item1));
        Assert.That(ParameterBits.OfGradients(network), Is.EqualTo(before.Item2));
        Assert.That(Buffers(network), Is.EqualTo(before.Item3));
        Assert.That(network.named_modules().Select(pair => pair.module.training), Is.EqualTo(before.Item4));
        Assert.That(random.get_rng_state().bytes.ToArray(), Is.EqualTo(before.Item5));
    }

    [Test]
    public void Measure_Again_LeavesNoNativeTensor()
    {
        using var data = ToyTraining.Images(32);
        using var network = ToyTraining.Network.CreateModule(4);
        Assert.That(NativeTensors.LeftBehindBySecond(() => Measure(network, data.Images, data.Labels)), Is.Zero);
    }

    private static Dictionary<string, double> Measure(nn.Module<Tensor, Tensor> network, Tensor images, Tensor labels) =>
        PreChecks.Measure(network, new NetworkVisits(network), new MulticlassTask(), images, labels, new LeftOut()).ToDictionary(found => found.Quantity, found => found.Value);

    private static byte[][] Buffers(nn.Module network) => [.. network.named_buffers().Select(pair => pair.buffer.bytes.ToArray())];

    /// <summary>A linear network behind something that spoils its input.</summary>
    private sealed class Broken : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> _fc = nn.Linear(64, 3);
        private readonly Func<Tensor, Tensor> _spoil;

        public Broken(Func<Tensor, Tensor> spoil)
            : base("broken")
        {
            _spoil = spoil;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _fc.call(_spoil(input.to(ScalarType.Float32).reshape(input.shape[0], -1).div(255)));
    }
}
