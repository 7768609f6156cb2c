using ConvScope.ML;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;
using ConvScope.Training;
using Microsoft.ML;

namespace ConvScope.Tool.Tests;

/// <summary>The command with trainings and models that are not finite: one sentence and exit status 1.</summary>
public sealed class NonFiniteTests
{
    private const string Fault = "Network 'toy' has weights that are NaN or infinite, from which nothing sensible comes: "
        + "'conv.weight' (3 of 54 values). Train it anew, or take an earlier checkpoint.";

    private TemporaryFolder _folder = null!;
    private string _picture = null!;

    [OneTimeSetUp]
    public void TrainAndSpoil()
    {
        _folder = new TemporaryFolder();
        var context = new MLContext(1);
        var pixels = ToySquares.Pixels(16, 1, out var isBright, out _);
        var data = context.Data.LoadFromEnumerable(Enumerable.Range(0, 16)
            .Select(row => new OneOutputTests.Row { Features = [.. pixels.AsSpan(row * 64, 64)], Bright = isBright[row] }));
        var options = new ConvNetOptions { Network = ToySquares.Network, LabelColumnName = "Bright",
            Training = new TrainingOptions { Epochs = 1, BatchSize = 8 } };
        using var model = context.BinaryClassification.Trainers.ConvNet(options).Fit(data);
        context.Model.Save(model, data.Schema, _folder.File("model.zip"));
        SpoiltModel.Spoil(_folder.File("model.zip"), "conv.weight", 3);
        _picture = _folder.File("square.png");
        File.WriteAllBytes(_picture, DigitPicture.Png(pixels.AsSpan(0, 64)));
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Predict_ModelThatIsNotFinite_SaysWhichWeightsAndHowMany()
    {
        var (status, output, error) = ProgramTests.Run("predict", _folder.File("model.zip"), _picture);
        Assert.That((status, output, error.Trim()), Is.EqualTo((1, "", $"convscope: {Fault}")));
    }

    [Test]
    public void Export_ToOnnx_SaysSoAndWritesNothing()
    {
        var (status, _, error) = ProgramTests.Run("export", _folder.File("model.zip"), _folder.File("model.onnx"));
        Assert.That((status, error.Trim()), Is.EqualTo((1, $"convscope: {Fault}")));
        Assert.That(File.Exists(_folder.File("model.onnx")), Is.False);
    }

    [Test]
    public void ExportAndInspect_ForThoseWhoLookForTheFault_StillRead()
    {
        Assert.That(ProgramTests.Run("export", _folder.File("model.zip"), _folder.File("model.pth")).Status, Is.Zero);
        using var checkpoint = Checkpoint.Open(_folder.File("model.pth"));
        Assert.That(checkpoint.Tensors.Single(tensor => tensor.Name == "conv.weight").ReadFloats().Count(float.IsNaN), Is.EqualTo(3));
        var (status, output, error) = ProgramTests.Run("inspect", _folder.File("model.zip"));
        Assert.That(status, Is.Zero, error);
        Assert.That(output, Does.Contain("NaN or infinities in conv.weight"));
    }

    [Test]
    public void Predict_DamagedModel_SaysSoInALine()
    {
        File.Copy(_folder.File("model.zip"), _folder.File("damaged.zip"));
        using (var archive = System.IO.Compression.ZipFile.Open(_folder.File("damaged.zip"), System.IO.Compression.ZipArchiveMode.Update))
            archive.Entries.Single(entry => entry.Name == "network.json").Delete();
        var (status, _, error) = ProgramTests.Run("predict", _folder.File("damaged.zip"), _picture);
        Assert.That((status, error.Trim()),
            Is.EqualTo((1,
                $"convscope: '{_folder.File("damaged.zip")}' is no ML.NET model that can be read: The model file lacks 'network.json'.")));
    }

    [Test]
    [Category("Slow")]
    public void Train_LearningRateThatIsTooLarge_NamesStepAndLayerAndLeavesReportButNoModel()
    {
        var (status, output, error) = ProgramTests.Run("train", "--epochs", "1", "--learning-rate", "1e6", "--out", _folder.File("run"));
        Assert.That((status, output), Is.EqualTo((1, "")));
        Assert.That(error, Does.Match(@"convscope: The training was stopped: the loss of step \d+ \(epoch 1\) is (NaN|Infinity); "
            + @"the first layer that is not finite is '\w+': .*; there is no finite checkpoint\.\s*$"));
        Assert.That(error, Does.Not.Contain("   at "), "no stack trace");
        Assert.That(File.Exists(_folder.File("run/report.html")));
        Assert.That(File.Exists(_folder.File("run/model.zip")), Is.False);
        var summary = RunSummary.Read(_folder.File("run"));
        Assert.That((summary.Status,
            summary.Findings.Count(finding => finding.StartsWith("failure: non-finite in ", StringComparison.Ordinal))),
            Is.EqualTo(("failed", 1)));
    }
}
