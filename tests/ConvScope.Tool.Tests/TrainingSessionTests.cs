using System.Text.Json;
using ConvScope.Datasets;
using ConvScope.Records.Checkpoints;
using SkiaSharp;

namespace ConvScope.Tool.Tests;

/// <summary>A first session on the real MNIST: train, look, predict, resume, fine-tune.</summary>
[Category("Slow")]
public sealed class TrainingSessionTests
{
    private TemporaryFolder _folder = null!;
    private (int Status, string Output, string Error) _training;

    [OneTimeSetUp]
    public void Train()
    {
        _folder = new TemporaryFolder();
        _training = ProgramTests.Run("train", "--epochs", "1", "--batch-size", "128", "--level", "Light", "--out", _folder.File("run"));
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Train_LeNet5_LeavesWhatARunLeaves()
    {
        Assert.That(_training.Status, Is.Zero, _training.Error);
        Assert.That(_training.Output, Does.Match(@"run: test accuracy 9\d\.\d\d %"));
        foreach (var file in new[] { "run.db", "summary.json", "report.html", "model.zip", "checkpoints/epoch-001.pth", "checkpoints/best.pth", "figures/loss.png" })
            Assert.That(File.Exists(_folder.File($"run/{file}")), file);
        Assert.That(JsonDocument.Parse(File.ReadAllText(_folder.File("run/summary.json"))).RootElement.GetProperty("testAccuracy").GetDouble(), Is.GreaterThan(0.9));
    }

    [Test]
    public void Inspect_TheModelAndItsCheckpoint_ShowTheSameNumbers()
    {
        var model = ProgramTests.Run("inspect", _folder.File("run/model.zip"));
        var checkpoint = ProgramTests.Run("inspect", _folder.File("run/checkpoints/epoch-001.pth"));
        Assert.That((model.Status, checkpoint.Status), Is.EqualTo((0, 0)));
        Assert.That(model.Output, Does.Contain("conv3    Conv2d 5x5     120x2x2       48,120        192,000"), "the layer table");
        Assert.That(Below(model.Output), Is.EqualTo(Below(checkpoint.Output)));
    }

    [Test]
    public async Task Predict_ImagesOfTheTestSet_NamesTheirDigits()
    {
        var set = await Mnist.LoadTestAsync();
        var files = Enumerable.Range(0, 20).Select(index => Png(set, index)).ToArray();
        var (status, output, error) = ProgramTests.Run(["predict", _folder.File("run/model.zip"), "--json", .. files]);
        Assert.That(status, Is.Zero, error);
        var best = JsonDocument.Parse(output).RootElement.EnumerateArray().Select(answer => answer.GetProperty("candidates")[0].GetProperty("class").GetString());
        Assert.That(best.Zip(Enumerable.Range(0, 20)).Count(pair => pair.First == $"{set.Label(pair.Second)}"), Is.GreaterThanOrEqualTo(17));
    }

    [TestCase("run/model.zip")]
    [TestCase("run/checkpoints/best.pth")]
    [TestCase("run")]
    public void Export_ToOnnx_WritesTheNetworkThatIsKeptWithTheWeights(string source)
    {
        var (status, _, error) = ProgramTests.Run("export", _folder.File(source), _folder.File("model.onnx"));
        Assert.That(status, Is.Zero, error);
        Assert.That(new FileInfo(_folder.File("model.onnx")).Length, Is.InRange(361_640, 370_000), "90,410 floats and the graph");
    }

    [Test]
    public void Export_ToOnnxWithoutADescription_AsksForTheNetwork()
    {
        ProgramTests.Run("export", _folder.File("run/model.zip"), _folder.File("weights.pth"));
        Assert.That(ProgramTests.Run("export", _folder.File("weights.pth"), _folder.File("model.onnx")).Error, Does.Contain("--network names one of the zoo"));
        Assert.That(ProgramTests.Run("export", _folder.File("weights.pth"), _folder.File("model.onnx"), "--network", "lenet5").Status, Is.Zero);
    }

    [Test]
    public void Predict_AFileThatIsNoImage_SaysSo() =>
        Assert.That(ProgramTests.Run("predict", _folder.File("run/model.zip"), _folder.File("run/summary.json")).Error, Does.Contain("summary.json' cannot be decoded: its content is no JPEG, PNG, WebP, BMP or GIF."));

    [Test]
    public void Train_Resumed_GoesOnWithTheSecondEpoch()
    {
        var (status, _, error) = ProgramTests.Run("train", "--resume", _folder.File("run/checkpoints"), "--epochs", "2", "--batch-size", "128", "--level", "Light", "--out", _folder.File("longer"));
        Assert.That(status, Is.Zero, error);
        Assert.That(error, Does.Contain("[2/2]: Loss: ").And.Not.Contain("[1/2]"));
        using var checkpoint = Checkpoint.Open(_folder.File("longer/checkpoints/epoch-002.pth"));
        Assert.That(((IReadOnlyDictionary<object, object?>)checkpoint.Root!)["step"], Is.EqualTo(2 * 469));
    }

    private string Png(ImageSet set, int index)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(set.Width, set.Height, SKColorType.Gray8, SKAlphaType.Opaque));
        using (var pixels = bitmap.PeekPixels())
            set.Image(index).CopyTo(pixels.GetPixelSpan<byte>());
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        var path = _folder.File($"{index}.png");
        File.WriteAllBytes(path, data.ToArray());
        return path;
    }

    private static string Below(string output) => output[output.IndexOf("conv1.weight", StringComparison.Ordinal)..];
}
