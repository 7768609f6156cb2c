using ConvScope.Datasets;
using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using static TorchSharp.torch;

namespace ConvScope.Tests.Networks.Weights;

/// <summary>Weights that somebody really trained (akamaster/pytorch_resnet_cifar10, the format before PyTorch 1.6) in a user's own module, on CIFAR-10 as JPEG. Both lie beside the repository; what PyTorch 1.13 gives for them was measured with Pillow's decoder.</summary>
public sealed class RealWeightsTests
{
    private static readonly double[] _expected = [-1.75374, -6.49120, 6.77913, 0.67610, 3.67548, -0.76054, 12.47509, -7.91163, -3.54714, -3.13698];

    private CifarResNet20 _network = null!;

    [SetUp]
    public void LoadWeights()
    {
        if (SharedFiles.Find("fixtures/pytorch/resnet20-12fca82f.th") is not { } weights)
        {
            Assert.Ignore("shared/fixtures/pytorch/resnet20-12fca82f.th is not beside the repository.");
            return;
        }

        using var checkpoint = Checkpoint.Open(weights);
        _network = new CifarResNet20();
        var loaded = ModuleWeights.Load(_network, checkpoint.Tensors, strict: false);
        Assert.That((loaded.Loaded.Count, loaded.Unexpected.Count), Is.EqualTo((97, 0)));
        Assert.That(loaded.Missing, Is.All.EndsWith("num_batches_tracked"), "the file is older than these counters, or has them");
        _network.eval();
    }

    [TearDown]
    public void DisposeNetwork() => _network?.Dispose();

    [Test]
    public void Forward_EqualPixels_GivesPyTorchsLogits()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var pixels = arange(3 * 32 * 32).mul(37).remainder(256).to(ScalarType.Float32).reshape(1, 3, 32, 32);
        Assert.That(ToyTraining.Values(_network.call(Normalized(pixels))), Is.EqualTo(_expected).Within(1e-4));
    }

    [TestCase(20, 160, 2)] // the first 20 of each class
    [TestCase(1000, 8103, 5, Category = "Slow")] // all
    public void Forward_TestImages_AreAsManyRightAsInPyTorch(int perClass, int expected, int within)
    {
        if (SharedFiles.Find("data/cifar10-jpeg.zip") is not { } data)
        {
            Assert.Ignore("shared/data/cifar10-jpeg.zip is not beside the repository.");
            return;
        }

        using var folder = ImageFolder.Open($"{data}!/test");
        using var untracked = no_grad();
        var (decoding, shape, right) = (new ImageDecoding(), new Shape(3, 32, 32), 0);
        var taken = Enumerable.Range(0, folder.Count).GroupBy(folder.Label).SelectMany(images => images.OrderBy(folder.ImagePath, StringComparer.Ordinal).Take(perClass)).ToList();
        Assert.That(taken, Has.Count.EqualTo(10 * perClass));
        foreach (var batch in taken.Chunk(100))
        {
            using var scope = NewDisposeScope();
            var pixels = tensor(batch.SelectMany(index => decoding.Decode(folder.ReadBytes(index), shape)).ToArray()).reshape(batch.Length, 3, 32, 32).to(ScalarType.Float32);
            right += _network.call(Normalized(pixels)).argmax(1).data<long>().ToArray().Zip(batch, (answer, index) => answer == folder.Label(index) ? 1 : 0).Sum();
        }

        TestContext.Out.WriteLine($"{right} of {taken.Count} right");
        Assert.That(right, Is.EqualTo(expected).Within(within));
    }

    private static Tensor Normalized(Tensor pixels) => pixels.div(255).sub(tensor(new[] { 0.485f, 0.456f, 0.406f }).reshape(1, 3, 1, 1)).div(tensor(new[] { 0.229f, 0.224f, 0.225f }).reshape(1, 3, 1, 1));
}
