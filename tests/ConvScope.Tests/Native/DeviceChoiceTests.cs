using ConvScope.Native;
using TorchSharp;

namespace ConvScope.Tests.Native;

public sealed class DeviceChoiceTests
{
    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [Test]
    public void Resolve_NoGpuAskedFor_IsTheCpuAndCountsNone()
    {
        var choice = DeviceChoice.Resolve(null, false, () => throw new InvalidOperationException("nobody asked"));
        Assert.That((choice.Description, choice.Warning), Is.EqualTo(("cpu", (string?)null)));
    }

    [TestCase(0)]
    [TestCase(1)]
    public void Resolve_GpuThatIsThere_HonoursItsIndex(int index)
    {
        var choice = DeviceChoice.Resolve(index, true, () => 2);
        Assert.That((choice.Device.type, choice.Device.index, choice.Description, choice.Warning), Is.EqualTo((DeviceType.CUDA, index, $"cuda:{index}", (string?)null)));
    }

    [Test]
    public void Resolve_GpuThatIsNotThere_FallsBackWithAWarning()
    {
        var choice = DeviceChoice.Resolve(2, true, () => 2);
        Assert.That(choice.Description, Is.EqualTo("cpu"));
        Assert.That(choice.Warning, Does.StartWith("GPU 2 was asked for; this process sees 2 usable by libtorch.").And.EndsWith("The CPU is used instead."));
    }

    [Test]
    public void Resolve_GpuThatIsNotThereAndNoFallback_Throws() => Assert.That(
        Assert.Throws<InvalidOperationException>(() => DeviceChoice.Resolve(0, false, () => 0))!.Message,
        Does.StartWith("GPU 0 was asked for; this process sees 0 usable by libtorch.").And.EndsWith("(FallbackToCpu is false)."));

    [Test]
    public void Resolve_NegativeIndex_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => DeviceChoice.Resolve(-1, true, () => 2));
}
