using System.Text.Json;
using ConvScope.ML;
using ConvScope.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ConvScope.Tool.Tests;

/// <summary>Models with one output in the tool: predict, inspect and export.</summary>
public sealed class OneOutputTests
{
    private TemporaryFolder _folder = null!;
    private string[] _pictures = null!;

    [OneTimeSetUp]
    public void TrainAndDraw()
    {
        _folder = new TemporaryFolder();
        var context = new MLContext(1);
        var pixels = ToySquares.Pixels(60, 1, out var isBright, out var middles);
        var data = context.Data.LoadFromEnumerable(Enumerable.Range(0, 60).Select(row => new Row { Features = [.. pixels.AsSpan(row * 64, 64)], Bright = isBright[row], Middle = middles[row] }));
        var options = new ConvNetOptions { Network = ToySquares.Network, Training = new TrainingOptions { Epochs = 6, BatchSize = 8, LearningRate = 0.03 } };
        using var binary = context.BinaryClassification.Trainers.ConvNet(options with { LabelColumnName = "Bright" }).Fit(data);
        using var regression = context.Regression.Trainers.ConvNet(options with { LabelColumnName = "Middle" }).Fit(data);
        context.Model.Save(binary, data.Schema, _folder.File("binary.zip"));
        context.Model.Save(regression, data.Schema, _folder.File("regression.zip"));
        _pictures = [.. Enumerable.Range(0, 3).Select(row => _folder.File($"{row}.png"))];
        foreach (var (row, picture) in _pictures.Index())
            File.WriteAllBytes(picture, DigitPicture.Png(pixels.AsSpan(row * 64, 64)));
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Predict_Binary_PrintsBothAnswersTheMoreProbableFirst()
    {
        var (status, output, error) = ProgramTests.Run(["predict", _folder.File("binary.zip"), "--json", .. _pictures]);
        Assert.That(status, Is.Zero, error);
        foreach (var answer in JsonDocument.Parse(output).RootElement.EnumerateArray())
        {
            var candidates = answer.GetProperty("candidates").EnumerateArray().Select(candidate => (Class: candidate.GetProperty("class").GetString(), P: candidate.GetProperty("probability").GetDouble())).ToArray();
            Assert.That(candidates.Select(candidate => candidate.Class), Is.EquivalentTo(new[] { "False", "True" }));
            Assert.That(candidates.Sum(candidate => candidate.P), Is.EqualTo(1).Within(1e-6));
            Assert.That(candidates[0].P, Is.GreaterThanOrEqualTo(0.5));
            Assert.That(answer.TryGetProperty("value", out _), Is.False);
        }
    }

    [Test]
    public void Predict_Regression_PrintsTheNumber()
    {
        var (status, output, error) = ProgramTests.Run(["predict", _folder.File("regression.zip"), _pictures[0]]);
        Assert.That(status, Is.Zero, error);
        Assert.That(output, Does.Match($@"^{System.Text.RegularExpressions.Regex.Escape(_pictures[0])}: 5\d\d\d(\.\d+)?\s*$"));
    }

    [TestCase("binary")]
    [TestCase("regression")]
    public void Predict_OneBadImageAmongOthers_CostsItsAnswerAlone(string kind)
    {
        File.WriteAllBytes(_folder.File("cut\n.png"), File.ReadAllBytes(_pictures[1])[..60]);
        string[] images = [_pictures[0], _folder.File("cut\n.png"), _pictures[1], _folder.File("none.png"), _folder.Path, _pictures[2]];
        var (status, output, error) = ProgramTests.Run(["predict", _folder.File($"{kind}.zip"), .. images]);
        Assert.That(status, Is.EqualTo(1));
        Assert.That(output.TrimEnd().Split('\n').Select(line => line.Split(": ")[0]), Is.EqualTo(_pictures));
        var lines = error.TrimEnd().Split('\n');
        Assert.That(lines, Has.Length.EqualTo(3));
        Assert.That(lines[0], Does.StartWith("convscope: Image '").And.Contain("cut\\n.png' cannot be decoded: the file ends before the image is complete."));
        Assert.That(lines[1], Does.Contain("none.png' cannot be decoded: "));
        Assert.That(lines[2], Does.Contain("' cannot be decoded: it is a folder."));

        (status, output, _) = ProgramTests.Run(["predict", _folder.File($"{kind}.zip"), "--json", .. images]);
        Assert.That(status, Is.EqualTo(1));
        var answers = JsonDocument.Parse(output).RootElement.EnumerateArray().ToArray();
        Assert.That(answers.Select(answer => answer.GetProperty("image").GetString()), Is.EqualTo(images));
        Assert.That(answers.Select(answer => answer.TryGetProperty("error", out _)), Is.EqualTo(new[] { false, true, false, true, true, false }));
    }

    [Test]
    public void Predict_OnePictureInEachFormat_IsTheSameAnswer()
    {
        var png = File.ReadAllBytes(_pictures[0]);
        using var bitmap = SkiaSharp.SKBitmap.Decode(png);
        byte Grey(int x, int y) => bitmap.GetPixel(x, y).Red;
        File.WriteAllBytes(_folder.File("a.bmp"), PictureBytes.Bmp(8, 8, (x, y) => (Grey(x, y), Grey(x, y), Grey(x, y))));
        File.WriteAllBytes(_folder.File("b.jpg"), PictureBytes.Png(8, 8, 8, 4, [.. from y in Enumerable.Range(0, 8) from x in Enumerable.Range(0, 8) from value in new byte[] { 255, Grey(x, y) } select value]));
        var turned = PictureFiles.Encode(8, 8, (x, y) => new SkiaSharp.SKColor(Grey(7 - y, x), Grey(7 - y, x), Grey(7 - y, x)));
        File.WriteAllBytes(_folder.File("c.png"), PictureBytes.WithExif(turned, PictureBytes.Exif(6, isLittle: false), 8, 8));
        var (status, output, error) = ProgramTests.Run("predict", _folder.File("binary.zip"), "--json", _pictures[0], _folder.File("a.bmp"), _folder.File("b.jpg"), _folder.File("c.png"));
        Assert.That(status, Is.Zero, error);
        var answers = JsonDocument.Parse(output).RootElement.EnumerateArray().Select(answer => answer.GetProperty("candidates").ToString()).ToArray();
        Assert.That(answers.Distinct().ToArray(), Has.Length.EqualTo(1), string.Join("\n", answers));
    }

    [TestCase("pink")]
    [TestCase("#12")]
    public void Predict_BackgroundThatIsNoColour_SaysWhatIs(string background)
    {
        var (status, _, error) = ProgramTests.Run("predict", _folder.File("binary.zip"), "--background", background, _pictures[0]);
        Assert.That(status, Is.EqualTo(1));
        Assert.That(error, Does.Contain($"'{background}' is no colour"));
    }

    [TestCase("binary")]
    [TestCase("regression")]
    public void InspectAndExport_Model_Work(string kind)
    {
        var (status, output, error) = ProgramTests.Run("inspect", _folder.File($"{kind}.zip"));
        Assert.That(status, Is.Zero, error);
        Assert.That(output, Does.Contain("fc2.weight"));
        (status, _, error) = ProgramTests.Run("export", _folder.File($"{kind}.zip"), _folder.File($"{kind}.onnx"));
        Assert.That(status, Is.Zero, error);
        Assert.That(new FileInfo(_folder.File($"{kind}.onnx")).Length, Is.GreaterThan(1000));
        if (kind == "binary")
            Assert.That(System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(_folder.File("binary.onnx"))), Does.Contain("[\"False\",\"True\"]"));
    }

    internal sealed class Row
    {
        [VectorType(64)]
        public byte[] Features { get; set; } = [];

        public bool Bright { get; set; }

        public float Middle { get; set; }
    }
}
