using ConvScope.Networks;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Networks;

public sealed class SpecNetworkTests
{
    private static readonly NetworkSpec _spec = new("two", new Shape(2, 9, 7), new Normalization(1.0 / 255, [0.4, 0.6], [0.2, 0.3]),
    [
        new Conv2dLayer("conv1", 3, 3, Stride: 2, Padding: 1), new ReluLayer("relu1"), new MaxPool2dLayer("pool", 2, 1), new Conv2dLayer("conv2", 5, 2), new ReluLayer("relu2"),
        new FlattenLayer("flatten"), new LinearLayer("fc", 4),
    ]);

    private static readonly NetworkSpec _normalized = new("normalized", _spec.Input, _spec.Normalization,
    [
        new Conv2dLayer("conv1", 4, 3, Padding: 1, Bias: false), new MaxPool2dLayer("pool", 2), new BatchNorm2dLayer("bn1"), new ReluLayer("relu1"),
        new Conv2dLayer("conv2", 4, 3, Padding: 1), new ReluLayer("relu2"), new AddLayer("add", ["relu1"]), new FlattenLayer("flatten"), new LinearLayer("fc", 4),
    ]);

    [Test]
    public void Call_TwoConvolutions_EqualsTheForwardPassByHand()
    {
        using var scope = NewDisposeScope();
        using var network = _spec.CreateModule(3);
        var weights = network.named_parameters().ToDictionary(parameter => parameter.name, parameter => (Tensor)parameter.parameter);
        var images = Images(ScalarType.Float32);

        var mean = tensor(new[] { 0.4f, 0.6f }, [1, 2, 1, 1]);
        var deviation = tensor(new[] { 0.2f, 0.3f }, [1, 2, 1, 1]);
        var x = (images / 255 - mean) / deviation; // [6, 2, 9, 7]
        x = nn.functional.conv2d(x, weights["conv1.weight"], weights["conv1.bias"], strides: [2, 2], padding: [1, 1]).relu(); // [6, 3, 5, 4]
        x = nn.functional.max_pool2d(x, [2, 2], [1, 1]); // [6, 3, 4, 3]
        x = nn.functional.conv2d(x, weights["conv2.weight"], weights["conv2.bias"]).relu(); // [6, 5, 3, 2]
        x = nn.functional.linear(x.reshape(6, 30), weights["fc.weight"], weights["fc.bias"]); // [6, 4]

        var outputs = network.call(images);
        Assert.That(outputs.shape, Is.EqualTo(new long[] { 6, 4 }));
        Assert.That(outputs.data<float>().ToArray(), Is.EqualTo(x.data<float>().ToArray()).Within(1e-6f));
    }

    [Test]
    public void Call_BytesOrFloats_GivesEqualOutputs()
    {
        using var scope = NewDisposeScope();
        using var network = _spec.CreateModule(3);
        Assert.That(network.call(Images(ScalarType.Byte)).bytes.SequenceEqual(network.call(Images(ScalarType.Float32)).bytes));
    }

    [Test]
    public void Call_Images_LeavesThemAsTheyWere()
    {
        using var scope = NewDisposeScope();
        using var network = _spec.CreateModule(3);
        var images = Images(ScalarType.Float32);
        network.call(images);
        Assert.That(images.bytes.SequenceEqual(Images(ScalarType.Float32).bytes));
    }

    [Test]
    public void Call_HookOnEveryLayer_FiresInForwardOrderWithItsOutput()
    {
        using var scope = NewDisposeScope();
        using var network = _spec.CreateModule(3);
        var seen = new List<string>();
        foreach (var (name, module) in network.named_modules().Where(named => named.name.Length > 0))
        {
            ((nn.Module<Tensor, Tensor>)module).register_forward_hook((_, _, output) =>
            {
                seen.Add($"{name} {string.Join('x', output.shape)}");
                return output;
            });
        }

        network.call(Images(ScalarType.Byte));
        Assert.That(seen, Is.EqualTo(new[] { "conv1 6x3x5x4", "relu1 6x3x5x4", "pool 6x3x4x3", "conv2 6x5x3x2", "relu2 6x5x3x2", "flatten 6x30", "fc 6x4" }));
    }

    [TestCase(Precision.Full, true, 1e-5)]
    [TestCase(Precision.Mixed, false, 0.02)]
    [TestCase(Precision.Mixed, true, 0.02)]
    public void TrainingFormat_Changed_GivesTheSameOutputsAndGradientsWithinItsRounding(Precision precision, bool isChannelsLast, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var network = (SpecNetwork)_normalized.CreateModule(3);
        var (expected, expectedGradients) = Backward(network);
        network.TrainingFormat = new ComputeFormat(precision, isChannelsLast);
        var (outputs, gradients) = Backward(network);

        Assert.That(outputs, Is.EqualTo(expected).Within(tolerance));
        foreach (var (name, gradient) in gradients)
            Assert.That(gradient, Is.EqualTo(expectedGradients[name]).Within(tolerance), name);
        Assert.That(outputs, Is.Not.EqualTo(expected), "the format was taken");
    }

    [TestCase(1)]
    [TestCase(3)]
    public void TrainingFormat_ChannelsLast_ReachesTheConvolutions(int channels)
    {
        using var scope = NewDisposeScope();
        using var network = (SpecNetwork)new NetworkSpec("one", new Shape(channels, 6, 6), Normalization.Centred(channels), [new Conv2dLayer("conv", 4, 3), new FlattenLayer("flatten"), new LinearLayer("fc", 2)]).CreateModule(1);
        network.TrainingFormat = new ComputeFormat(Precision.Mixed, IsChannelsLast: true);
        var seen = "";
        network.Run(zeros(2, channels, 6, 6), visit: (name, output) =>
        {
            seen += name == "conv" ? $"{output.dtype} {string.Join(' ', output.stride())}" : "";
            return output;
        });
        Assert.That(seen, Is.EqualTo("BFloat16 64 1 16 4"));
    }

    [Test]
    public void TrainingFormat_InEvaluationMode_ChangesNoBit()
    {
        using var scope = NewDisposeScope();
        using var network = (SpecNetwork)_spec.CreateModule(3);
        network.eval();
        var expected = network.call(Images(ScalarType.Byte)).bytes.ToArray();
        network.TrainingFormat = new ComputeFormat(Precision.Mixed, IsChannelsLast: true);
        Assert.That(network.call(Images(ScalarType.Byte)).bytes.SequenceEqual(expected));
    }

    [TestCase(new long[] { 6, 2, 7, 9 }, "[6, 2, 7, 9]")]
    [TestCase(new long[] { 6, 1, 9, 7 }, "[6, 1, 9, 7]")]
    [TestCase(new long[] { 2, 9, 7 }, "[2, 9, 7]")]
    public void Call_WrongInputShape_NamesBoth(long[] shape, string text)
    {
        using var network = _spec.CreateModule(3);
        using var images = zeros(shape);
        Assert.That(Assert.Throws<NetworkException>(() => network.call(images))!.Message, Is.EqualTo($"Network 'two' expects images [N, 2, 9, 7]; it got {text}."));
    }

    [Test]
    public void NamedParameters_OfASpec_AreTheDescribedOnes()
    {
        using var network = _spec.CreateModule(3);
        var described = _spec.Table.SelectMany(row => row.Layer.Parameters(row.Input).Select(parameter => $"{row.Layer.Name}.{parameter.Name} {parameter.Shape}"));
        Assert.That(network.named_parameters().Select(parameter => $"{parameter.name} {string.Join('x', parameter.parameter.shape)}"), Is.EqualTo(described));
    }

    [Test]
    public void Constructor_InitialWeights_FillTheBoundsOfTheirFanInAndNoMore()
    {
        using var network = LeNet5.Create().CreateModule(1);
        var fanIns = new Dictionary<string, int> { ["conv1"] = 25, ["conv2"] = 54, ["conv3"] = 400, ["fc1"] = 480, ["fc2"] = 84 };
        foreach (var (name, parameter) in network.named_parameters())
        {
            var bound = 1 / Math.Sqrt(fanIns[name.Split('.')[0]]);
            var values = parameter.data<float>().ToArray();
            Assert.That(values, Has.All.InRange((float)-bound, (float)bound), name);
            if (values.Length > 100)
                Assert.That((values.Min() / bound, values.Max() / bound), Is.EqualTo((-1.0, 1.0)).Using<(double, double)>(Near), name);
        }
    }

    [Test]
    public void Constructor_SameSeed_GivesTheSameBits()
    {
        using var first = _spec.CreateModule(3);
        using var second = _spec.CreateModule(3);
        using var other = _spec.CreateModule(4);
        Assert.That(ParameterBits.Of(second), Is.EqualTo(ParameterBits.Of(first)));
        Assert.That(ParameterBits.Of(other)["fc.weight"], Is.Not.EqualTo(ParameterBits.Of(first)["fc.weight"]));
    }

    [Test]
    public void Dispose_AfterACall_LeavesNoNativeTensor()
    {
        void Run()
        {
            using var network = _spec.CreateModule(3);
            using var images = Images(ScalarType.Byte);
            network.call(images).Dispose();
        }

        Assert.That(NativeTensors.LeftBehindBySecond(Run), Is.Zero);
    }

    private static (float[] Outputs, Dictionary<string, float[]> Gradients) Backward(SpecNetwork network)
    {
        network.zero_grad();
        var outputs = network.call(Images(ScalarType.Byte));
        nn.functional.cross_entropy(outputs, arange(6).remainder(4)).backward();
        Assert.That(network.parameters().Select(parameter => parameter.grad!.dtype), Is.All.EqualTo(ScalarType.Float32));
        return (outputs.data<float>().ToArray(), network.named_parameters().ToDictionary(parameter => parameter.name, parameter => parameter.parameter.grad!.contiguous().data<float>().ToArray()));
    }

    private static Tensor Images(ScalarType type)
    {
        using var generator = new Generator(5);
        return randint(0, 256, [6, 2, 9, 7], ScalarType.Byte, generator: generator).to(type, disposeAfter: true);
    }

    private static bool Near((double Least, double Largest) actual, (double Least, double Largest) expected) =>
        Math.Abs(actual.Least - expected.Least) < 0.05 && Math.Abs(actual.Largest - expected.Largest) < 0.05;
}
