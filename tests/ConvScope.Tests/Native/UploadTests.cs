using ConvScope.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Native;

public sealed class UploadTests
{
    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [Test]
    public void Send_ToAGpu_GoesThroughPinnedMemoryWhichIsFreed()
    {
        using var scope = NewDisposeScope();
        var host = rand(3);
        Tensor? pinned = null;
        var upload = new Upload(
            tensor => pinned = tensor.clone(),
            (tensor, device) =>
            {
                Assert.That(ReferenceEquals(tensor, pinned));
                return tensor.to(device);
            },
            device => device.type == DeviceType.META);
        var sent = upload.Send(host, META);
        Assert.That((sent.device_type, pinned!.IsInvalid, host.IsInvalid), Is.EqualTo((DeviceType.META, true, false)));
        Assert.That(upload.IsAsynchronous(META));
    }

    [Test]
    public void Send_ToTheCpu_IsTheTensorItself()
    {
        using var host = rand(3);
        Assert.That(ReferenceEquals(Upload.Default.Send(host, CPU), host));
        Assert.That(Upload.Default.IsAsynchronous(CPU), Is.False);
    }

    [Test]
    public void IsAsynchronous_OfAGpu_IsSo() => Assert.That(Upload.Default.IsAsynchronous(new Device(DeviceType.CUDA, 1)));
}
