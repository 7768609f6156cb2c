using System.Security.Cryptography;
using System.Text;
using ConvScope.Records.Tests.Checkpoints;
using ConvScope.Networks;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using static TorchSharp.torch;

namespace ConvScope.Tests.Networks;

/// <summary>The zoo against torchvision's names and shapes.</summary>
public sealed class NetworkZooTests
{
    private static IEnumerable<string> Known() => PyTorchFixtures.Json("torchvision_shapes.json").EnumerateObject().Select(property => property.Name);

    [TestCaseSource(nameof(Known))]
    [Category("Slow")]
    public void Create_NetworkOfTorchvision_HasItsNamesAndShapesInItsOrder(string name)
    {
        var expected = PyTorchFixtures.Json("torchvision_shapes.json").GetProperty(name);
        var spec = NetworkZoo.Create(name, 1000);
        using var module = spec.CreateModule(seed: 1);
        using var scope = NewDisposeScope();
        var state = module.state_dict().Select(entry => $"{entry.Key} [{string.Join(", ", entry.Value.shape)}]");
        Assert.That(state, Is.EquivalentTo(expected.GetProperty("tensors").EnumerateObject().Select(entry => $"{entry.Name} [{string.Join(", ", entry.Value.EnumerateArray())}]")));
        Assert.That(spec.ParameterCount, Is.EqualTo(expected.GetProperty("parameters").GetInt64()));
    }

    private static IEnumerable<string> Digested() => PyTorchFixtures.Json("torchvision_digests.json").EnumerateObject().Select(property => property.Name);

    [TestCaseSource(nameof(Digested))]
    public void Create_LargeNetworkOfTorchvision_HasItsNamesAndShapes(string name)
    {
        var expected = PyTorchFixtures.Json("torchvision_digests.json").GetProperty(name);
        var spec = NetworkZoo.Create(name, 1000);
        var lines = NetworkTensor.Of(spec).Select(tensor => $"{tensor.Name} [{string.Join(", ", tensor.Shape)}]").Order(StringComparer.Ordinal).ToList();
        Assert.That((spec.ParameterCount, lines.Count), Is.EqualTo((expected.GetProperty("parameters").GetInt64(), expected.GetProperty("tensors").GetInt32())));
        Assert.That(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines)))), Is.EqualTo(expected.GetProperty("sha256").GetString()), string.Join('\n', lines));
    }

    [TestCase("resnext50_32x4d")]
    [TestCase("mobilenet_v2")]
    public void TensorsOfADescription_AreThoseOfItsModule(string name)
    {
        var spec = NetworkZoo.Create(name, 10);
        using var module = spec.CreateModule(seed: 1);
        using var scope = NewDisposeScope();
        Assert.That(NetworkTensor.Of(spec).Select(tensor => $"{tensor.Name} {string.Join('x', tensor.Shape)}"), Is.EquivalentTo(module.state_dict().Select(entry => $"{entry.Key} {string.Join('x', entry.Value.shape)}")));
        Assert.That(NetworkTensor.Of(spec).Where(tensor => tensor.IsTrained).Select(tensor => tensor.Name), Is.EquivalentTo(module.named_parameters().Select(entry => entry.name)));
    }

    [TestCase(18, 1, 128)]
    [TestCase(50, 0, 64)]
    public void Create_ResNetOfAnImpossibleWidth_SaysSo(int depth, int groups, int width) => Assert.That(
        () => ResNet.Create(depth, groups: groups, groupWidth: width), Throws.TypeOf<NetworkException>().With.Message.Contain($"it got {groups} of width {width}"));

    [TestCase("alexnet", 0.714)] // billions of multiply-adds as torchvision publishes them with its weights
    [TestCase("vgg16", 15.470)]
    [TestCase("resnet18", 1.814)]
    [TestCase("resnet50", 4.089)]
    [TestCase("resnet101", 7.801)]
    [TestCase("resnet152", 11.514)]
    [TestCase("wide_resnet50_2", 11.398)]
    [TestCase("wide_resnet101_2", 22.753)]
    [TestCase("resnext50_32x4d", 4.23)]
    [TestCase("resnext101_32x8d", 16.414)]
    [TestCase("squeezenet1_1", 0.349)]
    [TestCase("mobilenet_v2", 0.301)]
    [TestCase("densenet121", 2.834)]
    public void MultiplyAdds_OfOneImage_AreThePublishedOnes(string name, double expected) => Assert.That(NetworkZoo.Create(name, 1000).MultiplyAdds / 1e9, Is.EqualTo(expected).Within(0.0005));

    [TestCase("resnet18")]
    [TestCase("resnet50")]
    [TestCase("resnext50_32x4d")]
    [TestCase("squeezenet1_1")]
    [TestCase("mobilenet_v2")]
    [TestCase("densenet121")]
    [TestCase("vgg11_bn")]
    public void Forward_SmallImages_GivesTheDescribedShapeOfEveryLayerAndNothingLeaks(string name)
    {
        var spec = NetworkZoo.Create(name, 10, new Shape(3, 64, 64));
        var shapes = new Dictionary<string, string>();
        using var module = spec.CreateModule(seed: 1);
        using var images = zeros(2, 3, 64, 64);
        module.eval();
        module.call(images).Dispose(); // the first call makes what lasts
        var left = NativeTensors.LeftBehindBy(() =>
        {
            using var untracked = no_grad();
            var hooks = module.named_modules().Where(pair => pair.module is nn.Module<Tensor, Tensor>).Select(pair =>
                ((nn.Module<Tensor, Tensor>)pair.module).register_forward_hook((_, _, output) =>
                {
                    shapes[pair.name] = string.Join('x', output.shape.Skip(1));
                    return null!;
                })).ToList();
            using var scores = module.call(images);
            hooks.ForEach(hook => hook.remove());
            Assert.That(scores.shape, Is.EqualTo(new long[] { 2, 10 }));
        });
        Assert.That(left, Is.Zero);
        foreach (var row in spec.Table.Where(row => row.Layer is not JoiningLayer))
            Assert.That(shapes[row.Layer.Name], Is.EqualTo(row.Output.ToString()), row.Layer.Name);
    }

    [TestCaseSource(typeof(NetworkZoo), nameof(NetworkZoo.Names))]
    public void FromJson_OfItsJson_IsTheSameNetwork(string name)
    {
        var spec = NetworkZoo.Create(name, 7);
        Assert.That(NetworkSpec.FromJson(spec.ToJson()).ToString(), Is.EqualTo(spec.ToString()));
        Assert.That(NetworkSpec.FromJson(spec.ToJson()).ToJson(), Is.EqualTo(spec.ToJson()));
    }

    [Test]
    public void ParameterCount_OfNetworksForSmallImages_IsTheDocumentedOne() =>
        Assert.That((SmallNet.Create().ParameterCount, SmallNet.Create(width: 32, depth: 2).ParameterCount, ResNet9.Create().ParameterCount), Is.EqualTo((29_178L, 298_410L, 6_573_130L)));

    [TestCase("smallnet", 7)]
    [TestCase("resnet9", 15)]
    public void Create_ImageTooSmall_SaysHowLargeItMustBe(string name, int side) => Assert.That(
        () => NetworkZoo.Create(name, 10, new Shape(3, side, side)), Throws.TypeOf<NetworkException>().With.Message.EndsWith($"at least {side + 1}; it got 3x{side}x{side}."));

    [Test]
    public void Create_UnknownName_ListsTheKnown() =>
        Assert.That(() => NetworkZoo.Create("vgg17", 10), Throws.TypeOf<NetworkException>().With.Message.Contain("'vgg17'").And.Message.Contain("vgg16_bn"));

    [Test]
    public void Create_LayerThatTakesAnUnknownOne_SaysSo() => Assert.That(
        () => new NetworkSpec("net", new Shape(1, 8, 8), Normalization.Centred(1), [new ReluLayer("a"), new AddLayer("b", ["c"])]),
        Throws.TypeOf<NetworkException>().With.Message.EqualTo("Layer 'b' takes the output of 'c', which is no layer before it."));

    [Test]
    public void Create_AddOfTwoShapes_NamesBoth() => Assert.That(
        () => new NetworkSpec("net", new Shape(1, 8, 8), Normalization.Centred(1), [new ReluLayer("a"), new MaxPool2dLayer("p", 2), new AddLayer("b", ["a"])]),
        Throws.TypeOf<NetworkException>().With.Message.Contain("'b'").And.Message.Contain("1x4x4, 1x8x8"));

    [Test]
    public void Create_LayerNamedLikeAGroup_SaysSo() => Assert.That(
        () => new NetworkSpec("net", new Shape(1, 8, 8), Normalization.Centred(1), [new ReluLayer("a"), new ReluLayer("a.b"), new FlattenLayer("f"), new LinearLayer("l", 2)]),
        Throws.TypeOf<NetworkException>().With.Message.Contain("a layer 'a' and layers inside"));
}
