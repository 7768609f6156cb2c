using ConvScope.Networks.Zoo;
using ConvScope.Records.Networks;

namespace ConvScope.Tests.Networks;

public sealed class LayerTableTests
{
    // Parameters by hand: 6·1·25 + 6, 16·6·9 + 16, 120·16·25 + 120, 84·480 + 84, 10·84 + 10.
    private const string LeNet = """
        LeNet-5
        Layer    Kind           Output    Parameters  Multiply-adds
        -----------------------------------------------------------
        input                   1x28x28
        conv1    Conv2d 5x5     6x28x28          156        117,600
        relu1    ReLU           6x28x28
        pool1    MaxPool2d 2x2  6x14x14
        conv2    Conv2d 3x3     16x12x12         880        124,416
        relu2    ReLU           16x12x12
        pool2    MaxPool2d 2x2  16x6x6
        conv3    Conv2d 5x5     120x2x2       48,120        192,000
        relu3    ReLU           120x2x2
        flatten  Flatten        480
        fc1      Linear         84            40,404         40,320
        relu4    ReLU           84
        fc2      Linear         10               850            840
        -----------------------------------------------------------
        total                                 90,410        475,176
        memory: 0.34 MiB of weights, 0.07 MiB of outputs an image

        """;

    [Test]
    public void Write_LeNet5_IsThisText() => Assert.That(LayerTable.Write(LeNet5.Create()), Is.EqualTo(LeNet));

    [Test]
    public void Write_LeNet5_TotalsAreTheSumsByHand()
    {
        Assert.That(LeNet5.Create().ParameterCount, Is.EqualTo(156 + 880 + 48_120 + 40_404 + 850));
        Assert.That(LeNet5.Create().MultiplyAdds, Is.EqualTo(6 * 784 * 25 + 16 * 144 * 54 + 120 * 4 * 400 + 84 * 480 + 10 * 84));
    }

    [Test]
    public void ToString_OfANetwork_IsItsTable() => Assert.That(LeNet5.Create().ToString(), Is.EqualTo(LeNet));
}
