using ConvScope.Datasets;
using ConvScope.ML;
using ConvScope.Records.Recording;
using ConvScope.Training;
using Microsoft.ML;

namespace ConvScope.Pipelines.Tests;

/// <summary>The programs, where a training or a model is not finite: one sentence and exit status 1.</summary>
internal sealed class NonFiniteTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void MnistLeNet5_LearningRateThatIsTooLarge_FailsWithStepAndLayerAndLeavesTheReport()
    {
        var (status, output) = RunningPipeline.RunToEnd("mnist-lenet5.cs", "--learning-rate", "1e6", "--epochs", "1", "--out",
            _folder.File("run"));
        Assert.That(status, Is.EqualTo(1), output);
        Assert.That(output, Does.Match(@"The training was stopped: the loss of step \d+ \(epoch 1\) is (NaN|Infinity); "
            + @"the first layer that is not finite is '\w+': .*; there is no finite checkpoint\. Look at .*/report\.html\.\s*$"));
        Assert.That(output, Does.Not.Contain("   at ").And.Not.Contain("Unhandled exception"));
        Assert.That(Directory.EnumerateFiles(_folder.File("run")).Select(Path.GetFileName),
            Is.EquivalentTo(new[] { "report.html", "run.db", "run.json", "summary.json" }), "no model");
        Assert.That(RunSummary.Read(_folder.File("run")).Findings, Has.One.StartsWith("failure: non-finite in "));
        Assert.That(File.ReadAllText(_folder.File("run/report.html")).Contains("Failure: non-finite ", StringComparison.Ordinal));
    }

    [TestCase("mnist-predict.cs")]
    [TestCase("mnist-service.cs")]
    [TestCase("mnist-embedding.cs")]
    public async Task Programs_ModelThatIsNotFinite_SayWhichWeights(string program)
    {
        var context = new MLContext(1);
        var train = context.Data.LoadFromEnumerable(MnistServiceTests.Digit.From((await Mnist.LoadTrainAsync()).Slice(0, 200)));
        using (var model = context.Transforms.Conversion.MapValueToKey("Label")
            .Append(context.MulticlassClassification.Trainers.ConvNet(new ConvNetOptions { Training = new TrainingOptions { Epochs = 1 } }))
            .Append(context.Transforms.Conversion.MapKeyToValue("PredictedDigit", "PredictedLabel")).Fit(train))
            context.Model.Save(model, train.Schema, _folder.File("model.zip"));
        SpoiltModel.Spoil(_folder.File("model.zip"), "conv2.weight", 7);
        var (status, output) = RunningPipeline.RunToEnd(program, "--model", _folder.File("model.zip"), "--out", _folder.File("out"));
        Assert.That(status, Is.EqualTo(1), output);
        Assert.That(output, Does.Contain("nothing sensible comes: 'conv2.weight' (7 of 864 values).").And.Not.Contain("   at "));
    }
}
