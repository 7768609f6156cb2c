using ConvScope.Attribution;
using ConvScope.Networks;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Networks;
using ConvScope.Training;
using ConvScope.Training.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Attribution;

internal sealed class AttributionMethodTests
{
    private static readonly AttributionMethod[] _methods =
        [new GradCam(), new GradCamPlusPlus(), new InputGradient(), new IntegratedGradients { Steps = 8 }, new Occlusion { Window = 2 }];

    private nn.Module<Tensor, Tensor> _network = null!;
    private LabeledImages _images = null!; // of noise: in flat ones the pooling's inputs are equal, and a gradient is not defined
    private ToyTwin _twin = null!;

    [OneTimeSetUp]
    public void Train()
    {
        _network = ToyTraining.Network.CreateModule(1);
        using (var train = ToyTraining.Images())
            new Trainer(new TrainingOptions { Epochs = 6, BatchSize = 8, LearningRate = 0.05 }).Train(_network, train);
        _network.eval();
        foreach (var parameter in _network.parameters())
            parameter.grad = null;
        _images = LabeledImages.Create(Noise(9), [.. Enumerable.Range(0, 9).Select(index => index % 3L)], ToyTraining.Network.Input);
        _twin = new ToyTwin(_network);
    }

    [OneTimeTearDown]
    public void Free()
    {
        _network.Dispose();
        _images.Dispose();
    }

    [Test]
    public void GradCam_WeightsFromFiniteDifferences_AgreeToFourDigits() => AssertMaps(new GradCam { Layer = "conv" }, (image, label) =>
    {
        var maps = _twin.Convolved(image);
        var slopes = ToyTwin.Slopes(point => _twin.Head(point)[label], maps, 1e-7);
        return Combined(maps, map => slopes.Skip(map * 36).Take(36).Average());
    });

    [Test]
    public void GradCamPlusPlus_WeightsFromFiniteDifferences_AgreeToFourDigits() => AssertMaps(new GradCamPlusPlus { Layer = "conv" }, (image, label) =>
    {
        var maps = _twin.Convolved(image);
        var slopes = ToyTwin.Slopes(point => _twin.Head(point)[label], maps, 1e-7).Select(slope => Math.Abs(slope) < 1e-6 ? 0 : slope).ToArray();
        return Combined(maps, map =>
        {
            var sum = maps.Skip(map * 36).Take(36).Sum();
            return slopes.Skip(map * 36).Take(36).Where(slope => slope > 0).Sum(slope => slope * slope * slope / (2 * slope * slope + sum * slope * slope * slope));
        });
    });

    [Test]
    public void InputGradient_FiniteDifferences_AgreeToFourDigits() =>
        AssertMaps(new InputGradient(), (image, label) => ToyTwin.Slopes(point => _twin.Logits(point)[label], image, 1e-4));

    [Test]
    public void Occlusion_BruteForce_Agrees() => AssertMaps(new Occlusion { Window = 3, Stride = 2, Baseline = 20 }, (image, label) =>
    {
        var whole = _twin.Logits(image)[label];
        var falls = Enumerable.Range(0, 64).Select(_ => new List<double>()).ToArray();
        foreach (var top in new[] { 0, 2, 4, 5 })
        {
            foreach (var left in new[] { 0, 2, 4, 5 })
            {
                double[] covered = [.. image];
                int[] pixels = [.. Enumerable.Range(0, 9).Select(index => (top + index / 3) * 8 + left + index % 3)];
                foreach (var pixel in pixels)
                    covered[pixel] = 20;
                foreach (var pixel in pixels)
                    falls[pixel].Add(whole - _twin.Logits(covered)[label]);
            }
        }

        return [.. falls.Select(fall => fall.Average())];
    });

    [Test]
    public void IntegratedGradients_SumOfPixels_IsTheDifferenceOfTheLogitsWithinOnePercent()
    {
        using var scope = NewDisposeScope();
        var sums = ToyTraining.Values(new IntegratedGradients { Baseline = 10 }.Attribute(_network, _images.Images, _images.Labels).sum([1, 2]));
        for (var index = 0; index < _images.Count; index++)
        {
            var label = (int)_images.Labels[index].item<long>();
            var difference = _twin.Logits(Image(index))[label] - _twin.Logits([.. Enumerable.Repeat(10.0, 64)])[label];
            Assert.That(sums[index], Is.EqualTo(difference).Within(0.01 * Math.Abs(difference)), $"image {index}");
        }
    }

    [Test]
    public void GradCam_NetworkThatEndsInAMeanAndOneLinearLayer_IsTheClassActivationMap()
    {
        using var scope = NewDisposeScope();
        using var network = NetworkZoo.Create("resnet18", 5, new Shape(3, 128, 128)).CreateModule(3);
        network.eval();
        var images = rand([2, 3, 128, 128], generator: new Generator(1)).mul(255);
        var classes = tensor(new long[] { 3, 1 });
        Tensor? maps = null;
        using (no_grad())
        {
            var hook = network.named_modules().Single(pair => pair.name == "avgpool").module is nn.Module<Tensor, Tensor> pool
                ? pool.register_forward_pre_hook((_, input) => maps = input.clone().DetachFromDisposeScope()) : null;
            network.call(images);
            hook!.remove();
            var weights = network.state_dict()["fc.weight"].index_select(0, classes); // [N, 512]
            var expected = nn.functional.interpolate(einsum("nk,nkhw->nhw", weights, maps!).div(16).relu().unsqueeze(1), [128, 128], mode: InterpolationMode.Bilinear, align_corners: false).squeeze(1);
            maps!.Dispose();
            var actual = new GradCam().Attribute(network, images, classes);
            Assert.That(actual.sub(expected).abs().max().item<float>(), Is.LessThan(1e-5f * expected.max().item<float>()));
            Assert.That(expected.max().item<float>(), Is.GreaterThan(0));
        }
    }

    [TestCaseSource(nameof(_methods))]
    public void Attribute_WithoutClasses_ExplainsThePredictedOne(AttributionMethod method)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var predicted = _network.call(_images.Images).argmax(1);
        Assert.That(ToyTraining.Values(method.Attribute(_network, _images.Images)), Is.EqualTo(ToyTraining.Values(method.Attribute(_network, _images.Images, predicted))));
    }

    [TestCaseSource(nameof(_methods))]
    public void Attribute_OneImageAlone_AsInTheBatch(AttributionMethod method)
    {
        using var scope = NewDisposeScope();
        var together = ToyTraining.Values(method.Attribute(_network, _images.Images, _images.Labels));
        var alone = ToyTraining.Values(method.Attribute(_network, _images.Images.narrow(0, 4, 1), _images.Labels.narrow(0, 4, 1)));
        Assert.That(alone, Is.EqualTo(together[(4 * 64)..(5 * 64)]).Within(1e-5));
    }

    [TestCaseSource(nameof(_methods))]
    public void Attribute_NetworkOfOnesOwn_AsTheDescribedOne(AttributionMethod method)
    {
        using var scope = NewDisposeScope();
        using var own = new OwnNetwork();
        using (no_grad())
        {
            foreach (var (name, value) in _network.state_dict())
                own.state_dict()[name].copy_(value);
        }

        own.eval();
        var named = method is ActivationMap map ? map with { Layer = "relu1" } : method;
        Assert.That(ToyTraining.Values(named.Attribute(own, _images.Images, _images.Labels)), Is.EqualTo(ToyTraining.Values(method.Attribute(_network, _images.Images, _images.Labels))).Within(1e-5));
    }

    [TestCaseSource(nameof(_methods))]
    public void Attribute_Twice_LeavesNoTensorsAndNoGradients(AttributionMethod method)
    {
        Assert.That(NativeTensors.LeftBehindBySecond(() => method.Attribute(_network, _images.Images, _images.Labels).Dispose()), Is.Zero);
        Assert.That(_network.parameters().All(parameter => parameter.grad is null), Is.True);
        Assert.That(is_grad_enabled(), Is.True);
    }

    [TestCaseSource(nameof(_methods))]
    public void Attribute_CallerWhoOnlyPredicts_AsElse(AttributionMethod method)
    {
        using var scope = NewDisposeScope();
        var expected = ToyTraining.Values(method.Attribute(_network, _images.Images, _images.Labels));
        using (no_grad())
            Assert.That(ToyTraining.Values(method.Attribute(_network, _images.Images, _images.Labels)), Is.EqualTo(expected));
        using var predicting = inference_mode();
        Assert.That(ToyTraining.Values(method.Attribute(_network, _images.Images.to(ScalarType.Float32), _images.Labels.add(0))), Is.EqualTo(expected));
        Assert.That(is_inference_mode_enabled(), Is.True);
    }

    [TestCaseSource(nameof(_methods))]
    public void Attribute_FourThreads_AsOne(AttributionMethod method)
    {
        var expected = ToyTraining.Values(method.Attribute(_network, _images.Images, _images.Labels));
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            using var map = method.Attribute(_network, _images.Images, _images.Labels);
            Assert.That(ToyTraining.Values(map), Is.EqualTo(expected));
        });
    }

    [Test]
    public void Attribute_BadInput_IsNamed()
    {
        using var scope = NewDisposeScope();
        Assert.That(() => new GradCam { Layer = "conv9" }.Attribute(_network, _images.Images), Throws.TypeOf<NetworkException>().With.Message.Contains("'conv9'"));
        Assert.That(() => new GradCam { Layer = "fc1" }.Attribute(_network, _images.Images), Throws.TypeOf<NetworkException>().With.Message.Contains("[9, 12]"));
        using (var own = new OwnNetwork())
            Assert.That(() => new GradCam().Attribute(own, _images.Images), Throws.TypeOf<NetworkException>().With.Message.Contains("'relu1'"));
        Assert.That(() => new InputGradient().Attribute(_network, _images.Images, zeros(3, ScalarType.Int64)), Throws.ArgumentException.With.Message.Contains("[9]"));
        Assert.That(() => new InputGradient().Attribute(_network, zeros(8, 8)), Throws.ArgumentException.With.Message.Contains("[8, 8]"));
        Assert.That(() => new IntegratedGradients { Steps = 0 }.Attribute(_network, _images.Images), Throws.ArgumentException.With.Message.Contains("1 to 10000"));
        Assert.That(() => new Occlusion { Window = 9 }.Attribute(_network, _images.Images), Throws.ArgumentException.With.Message.Contains("9 pixels"));
        Assert.That(() => new Occlusion { Window = 2, Stride = 3 }.Attribute(_network, _images.Images), Throws.ArgumentException.With.Message.Contains("stride"));
    }

    [TestCase("alexnet", "features.11")]
    [TestCase("vgg16", "features.29")]
    [TestCase("resnet18", "layer4.1.relu")]
    public void LastMaps_OfTheZoo_IsTheLastRectifierBeforeThePooling(string name, string layer) =>
        Assert.That(ObservedNetwork.LastMaps(NetworkZoo.Create(name, 1000, new Shape(3, 224, 224))), Is.EqualTo(layer));

    [Test]
    public void LastMaps_LeNet5_IsNotTheConvolutionWithMapsOfTwoByTwo() => Assert.That(ObservedNetwork.LastMaps(LeNet5.Create()), Is.EqualTo("relu2"));

    [Test]
    public void Faithfulness_SlowTwin_Agrees()
    {
        using var scope = NewDisposeScope();
        var maps = new InputGradient().Attribute(_network, _images.Images, _images.Labels);
        var scores = Faithfulness.Measure(_network, _images.Images, _images.Labels, maps, steps: 8, baseline: 5);
        for (var index = 0; index < _images.Count; index++)
        {
            var image = Image(index);
            var label = (int)_images.Labels[index].item<long>();
            int[] order = [.. ToyTraining.Values(maps[index]).Select((value, pixel) => (value, pixel)).OrderByDescending(pair => pair.value).Select(pair => pair.pixel)];
            double deletion = 0, insertion = 0;
            for (var step = 0; step < 8; step++)
            {
                deletion += (Probability(step, true) + Probability(step + 1, true)) / 2 / 8;
                insertion += (Probability(step, false) + Probability(step + 1, false)) / 2 / 8;
            }

            Assert.That(scores[index].Deletion, Is.EqualTo(deletion).Within(1e-5));
            Assert.That(scores[index].Insertion, Is.EqualTo(insertion).Within(1e-5));

            double Probability(int step, bool isDeletion)
            {
                var shown = image.Select((value, pixel) => Array.IndexOf(order, pixel) < 64 * step / 8 == isDeletion ? 5 : value).ToArray();
                var powers = _twin.Logits(shown).Select(Math.Exp).ToArray();
                return powers[label] / powers.Sum();
            }
        }
    }

    private void AssertMaps(AttributionMethod method, Func<double[], int, double[]> twin)
    {
        using var scope = NewDisposeScope();
        var maps = method.Attribute(_network, _images.Images, _images.Labels);
        Assert.That(maps.shape, Is.EqualTo(new long[] { 9, 8, 8 }));
        var largest = 0.0;
        for (var index = 0; index < _images.Count; index++)
        {
            var expected = twin(Image(index), (int)_images.Labels[index].item<long>());
            largest = Math.Max(largest, expected.Max(Math.Abs));
            Assert.That(ToyTraining.Values(maps[index]), Is.EqualTo(expected).Within(1e-4 * Math.Max(expected.Max(Math.Abs), 1e-3)), $"image {index}");
        }

        Assert.That(largest, Is.GreaterThan(0));
    }

    private static byte[] Noise(int images)
    {
        var pixels = new byte[images * 64];
        new Random(5).NextBytes(pixels);
        return pixels;
    }

    private double[] Image(int index) => ToyTraining.Values(_images.Images[index]);

    private static double[] Combined(double[] maps, Func<int, double> weight)
    {
        var sum = new double[36];
        for (var map = 0; map < 6; map++)
        {
            var factor = weight(map);
            for (var pixel = 0; pixel < 36; pixel++)
                sum[pixel] += factor * maps[map * 36 + pixel];
        }

        return ToyTwin.Enlarged([.. sum.Select(value => Math.Max(value, 0))]);
    }

    /// <summary>The toy network as a user writes it.</summary>
    private sealed class OwnNetwork : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> conv = nn.Conv2d(1, 6, 3), relu1 = nn.ReLU(), pool = nn.MaxPool2d(2), flatten = nn.Flatten(), fc1 = nn.Linear(54, 12), relu2 = nn.ReLU(), fc2 = nn.Linear(12, 3);

        public OwnNetwork()
            : base("own") => RegisterComponents();

        public override Tensor forward(Tensor input) =>
            fc2.call(relu2.call(fc1.call(flatten.call(pool.call(relu1.call(conv.call(input.div(255).sub(0.5).div(0.5))))))));
    }
}
