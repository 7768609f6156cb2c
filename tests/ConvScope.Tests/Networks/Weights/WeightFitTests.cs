using ConvScope.Networks.Weights;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;

namespace ConvScope.Tests.Networks.Weights;

/// <summary>Weights of one network given to another.</summary>
public sealed class WeightFitTests
{
    [TestCase("resnet50", "resnet101", "the network does not know 'layer3.6.conv1.weight'")]
    [TestCase("resnet18", "resnet34", "the network does not know 'layer1.2.conv1.weight'")]
    [TestCase("resnet50", "resnext50_32x4d", "'layer1.0.conv1.weight' has shape 64x64x1x1 in the network and 128x64x1x1 in the weights")]
    [TestCase("resnet50", "wide_resnet50_2", "'layer1.0.conv1.weight' has shape 64x64x1x1 in the network and 128x64x1x1 in the weights")]
    [TestCase("vgg16", "vgg16_bn", "'features.7.weight' has shape 128x128x3x3 in the network and 128x64x3x3 in the weights")]
    public void Check_WeightsOfAnother_NamesTheFirstFaultsAndTheNetwork(string wanted, string given, string fault) => Assert.That(
        () => WeightFit.Check(NetworkZoo.Create(wanted, 7), ZeroTensors.Of(NetworkZoo.Create(given, 7))),
        Throws.TypeOf<InvalidDataException>().With.Message.Contain(fault).And.Message.EndsWith($" They fit '{given}' of the network zoo with 7 outputs."));

    [TestCaseSource(typeof(NetworkZoo), nameof(NetworkZoo.Names))]
    public void Describe_WeightsInAnyOrderAndBehindAPrefix_AreThatNetworkWithTheOutputsOfItsLastLayer(string name)
    {
        var weights = ZeroTensors.Of(NetworkZoo.Create(name, 2)).Select(tensor => tensor.Named($"module.{tensor.Name}")).OrderBy(tensor => tensor.Name, StringComparer.Ordinal).ToList();
        var (network, found, prefix) = ZooFit.Describe(name, new NamedWeights(weights));
        Assert.That((network.Outputs, prefix), Is.EqualTo((2, "module.")));
        WeightFit.Check(network, found);
        Assert.That(ZooFit.Find(new NamedWeights(weights)), Is.EqualTo((name, 2)));
    }

    [Test]
    public void Check_WithoutCountersOfBatches_IsWell()
    {
        var network = NetworkZoo.Create("resnet18", 3);
        WeightFit.Check(network, [.. ZeroTensors.Of(network).Where(tensor => !tensor.Name.EndsWith("num_batches_tracked", StringComparison.Ordinal))]);
    }

    [Test]
    public void Describe_OtherChannelsAndSize_AreThoseOfTheWeightsAndOfTheCaller()
    {
        var weights = ZeroTensors.Of(NetworkZoo.Create("lenet5", 4, new Shape(3, 32, 32)));
        Assert.That(ZooFit.Describe("lenet5", new NamedWeights(weights), side: 32).Network.Input, Is.EqualTo(new Shape(3, 32, 32)));
        WeightFit.Check(ZooFit.Describe("lenet5", new NamedWeights(weights), side: 32).Network, weights);
        Assert.That(() => WeightFit.Check(ZooFit.Describe("lenet5", new NamedWeights(weights)).Network, weights), Throws.TypeOf<InvalidDataException>().With.Message.Contain("'fc1.weight' has shape 84x480 in the network and 84x1080"));
    }

    [Test]
    public void Find_WeightsOfNoNetworkOfTheZoo_IsNothing() =>
        Assert.That(ZooFit.Find(new NamedWeights([StoredTensor.Of(new NamedArray("conv1.weight", [0, 3, 7, 7], [])), StoredTensor.Of(new NamedArray("fc.weight", [2], [0, 0]))])), Is.Null);

    [Test]
    public void Find_WeightsWithoutALastLayer_SaysWhichNetworkTheyAreElse() => Assert.That(
        WeightFit.Advice(new NamedWeights([.. ZeroTensors.Of(NetworkZoo.Create("resnet34", 5)).Where(tensor => !tensor.Name.StartsWith("fc.", StringComparison.Ordinal))])), Is.EqualTo(" They fit 'resnet34' of the network zoo but for its last layer."));

    [Test]
    public void Under_PrefixThatNoNameHas_SaysWhichThereAre() => Assert.That(
        () => WeightNames.Under(ZeroTensors.Of(NetworkZoo.Create("lenet5", 2)), "net."), Throws.TypeOf<InvalidDataException>().With.Message.Contain("begins with 'net.'; there are 'conv1.weight'"));
}
