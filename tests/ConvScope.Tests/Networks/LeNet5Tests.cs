using ConvScope.Networks;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Networks;
using TorchSharp;

namespace ConvScope.Tests.Networks;

public sealed class LeNet5Tests
{
    [Test]
    public void Create_Mnist_HasTheSeedsLayersAndCounts()
    {
        var network = LeNet5.Create();

        Assert.That(network.ParameterCount, Is.EqualTo(90_410));
        Assert.That(network.Table.Select(row => row.Output.ToString()), Is.EqualTo(
            new[] { "6x28x28", "6x28x28", "6x14x14", "16x12x12", "16x12x12", "16x6x6", "120x2x2", "120x2x2", "480", "84", "84", "10" }));
        // 6·28²·25 + 16·12²·54 + 120·2²·400 + 480·84 + 84·10, by hand
        Assert.That(network.MultiplyAdds, Is.EqualTo(117_600 + 124_416 + 192_000 + 40_320 + 840));
    }

    [Test]
    public void CreateModule_SameSeed_GivesTheSameWeightsAndLeavesTheCallersRandomState()
    {
        var network = LeNet5.Create();
        using var first = network.CreateModule(7);
        torch.manual_seed(3).Dispose();
        using var before = torch.random.get_rng_state();
        using var second = network.CreateModule(7);
        using var after = torch.random.get_rng_state();

        Assert.That(after.bytes.SequenceEqual(before.bytes));
        foreach (var ((name, a), (_, b)) in first.named_parameters().Zip(second.named_parameters()))
            Assert.That(a.bytes.SequenceEqual(b.bytes), name);
        Assert.That(first.named_parameters().Select(parameter => parameter.name).First(), Is.EqualTo("conv1.weight"));
    }

    [Test]
    public void Create_ImageTooSmall_NamesTheLayerAndTheShapes()
    {
        var error = Assert.Throws<NetworkException>(() => LeNet5.Create(new Shape(1, 16, 16), 10));
        Assert.That(error!.Message, Is.EqualTo("Layer 'conv3' has a window of 5x5 and padding 0; its input 16x3x3 is smaller."));
    }
}
