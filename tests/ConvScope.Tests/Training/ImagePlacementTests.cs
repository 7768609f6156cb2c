using ConvScope.Native;
using ConvScope.Training.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

public sealed class ImagePlacementTests
{
    private static readonly Device _gpu = new(DeviceType.CUDA, 1);

    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [TestCase(3L << 30, 4L << 30, true)]
    [TestCase((3L << 30) + 1, 4L << 30, false)]
    [TestCase(3L << 30, null, true)]
    public void Choose_BySizes_LeavesAQuarterOfWhatIsFree(long bytes, long? free, bool fits)
    {
        var placement = ImagePlacement.Choose(bytes, _gpu, device => ReferenceEquals(device, _gpu)
            ? free : throw new InvalidOperationException("another device"));
        Assert.That((placement.Home.type, placement.Reason is null), Is.EqualTo((fits ? DeviceType.CUDA : DeviceType.CPU, fits)));
    }

    [Test]
    public void Choose_TooSmall_SaysBothSizes() => Assert.That(
        ImagePlacement.Choose(5L << 30, _gpu, _ => 2L << 30).Reason,
            Is.EqualTo("it needs 5 GiB on cuda:1, where 2 GiB are free, a quarter of which is left to the network"));
}
