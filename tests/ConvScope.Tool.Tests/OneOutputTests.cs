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
    public void InspectAndExport_Model_Work(string kind)
    {
        var (status, output, error) = ProgramTests.Run("inspect", _folder.File($"{kind}.zip"));
        Assert.That(status, Is.Zero, error);
        Assert.That(output, Does.Contain("fc2.weight"));
        (status, _, error) = ProgramTests.Run("export", _folder.File($"{kind}.zip"), _folder.File($"{kind}.onnx"));
        Assert.That(status, Is.Zero, error);
        Assert.That(new FileInfo(_folder.File($"{kind}.onnx")).Length, Is.GreaterThan(1000));
    }

    internal sealed class Row
    {
        [VectorType(64)]
        public byte[] Features { get; set; } = [];

        public bool Bright { get; set; }

        public float Middle { get; set; }
    }
}
