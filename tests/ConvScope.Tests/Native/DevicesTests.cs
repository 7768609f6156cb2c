using ConvScope.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Native;

public sealed class DevicesTests
{
    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [TestCase(DeviceType.CUDA, -1, DeviceType.CUDA, 0, true)]
    [TestCase(DeviceType.CUDA, 1, DeviceType.CUDA, 0, false)]
    [TestCase(DeviceType.CUDA, 1, DeviceType.CUDA, 1, true)]
    [TestCase(DeviceType.CPU, -1, DeviceType.CPU, 0, true)]
    [TestCase(DeviceType.CPU, -1, DeviceType.CUDA, 0, false)]
    public void IsSame_TwoDevices_GoesByTypeAndIndex(DeviceType first, int firstIndex, DeviceType second, int secondIndex, bool expected) =>
        Assert.That(Devices.IsSame(new Device(first, firstIndex), new Device(second, secondIndex)), Is.EqualTo(expected));

    [TestCase(-1, "cuda:0")]
    [TestCase(0, "cuda:0")]
    [TestCase(1, "cuda:1")]
    public void Exact_Gpu_HasAnIndex(int index, string expected) =>
        Assert.That(Devices.Exact(new Device(DeviceType.CUDA, index)).ToString(), Is.EqualTo(expected));

    [Test]
    public void Difference_NetworkAndImagesInOnePlace_IsNone()
    {
        using var network = nn.Linear(2, 3);
        Assert.That(Devices.Difference(network, CPU), Is.Null);
        network.to(META);
        Assert.That(Devices.Difference(network, META), Is.Null);
    }

    [Test]
    public void Difference_NetworkElsewhere_NamesBothPlaces()
    {
        using var network = nn.Linear(2, 3);
        Assert.That(Devices.Difference(network, new Device(DeviceType.CUDA, 1)), Is.EqualTo(
            "The network lies on cpu, the images on cuda:1. Move the network there with to(device) first, "
            + "and make its optimizers after that."));
    }

    [Test]
    public void Difference_NetworkWithoutParameters_IsNone()
    {
        using var network = nn.ReLU();
        Assert.That(Devices.Difference(network, META), Is.Null);
    }
}
