using ConvScope.Measuring;
using ConvScope.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Measuring;

public sealed class DataChecksTests
{
    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [Test]
    public void SharedImages_FewOfMany_IsTheirShareOfTheValidationSet()
    {
        using var scope = NewDisposeScope();
        var images = randint(0, 256, [700, 1, 4, 4], dtype: ScalarType.Byte);
        var validation = cat([images.narrow(0, 650, 15), randint(0, 256, [285, 1, 4, 4], dtype: ScalarType.Byte)]);
        Assert.That(DataChecks.SharedImages(images, validation), Is.EqualTo(0.05));
        Assert.That(DataChecks.SharedImages(images, images), Is.EqualTo(1));
    }

    [Test]
    public void SharedImages_OneValueOfDifference_IsAnotherImage()
    {
        using var scope = NewDisposeScope();
        var images = rand(10, 1, 4, 4);
        var validation = images.clone();
        validation[3, 0, 2, 1].add_(1e-6);
        Assert.That(DataChecks.SharedImages(images, validation), Is.EqualTo(0.9));
    }
}
