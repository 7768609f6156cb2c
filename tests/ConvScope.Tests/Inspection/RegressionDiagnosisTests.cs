using ConvScope.Inspection;
using ConvScope.Measuring;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Inspection;

/// <summary>The diagnosis of trainings without classes.</summary>
public sealed class RegressionDiagnosisTests
{
    [TestCase(false)]
    [TestCase(true)]
    public void Findings_Regression_AreNoneOfClasses(bool unlearnable)
    {
        using var folder = new TemporaryFolder();
        var pixels = ToySquares.Pixels(128, 1, out _, out var middles);
        if (unlearnable)
            new Random(3).Shuffle(middles);
        using var data = LabeledImages.CreateRegression(pixels, middles, ToySquares.Network.Input);
        var network = ToySquares.Network.For(RegressionTask.Of(middles));
        using var module = network.CreateModule(1);
        using var recorder = new RunRecorder(new InspectionOptions(folder.File("run")) { Schedule = Schedule.Every(4), PreChecks = true, Budget = null }, network);
        var diagnosis = new DiagnosisObserver(recorder);
        new Trainer(new TrainingOptions { Epochs = 8, BatchSize = 8, LearningRate = 0.01 }, [recorder, diagnosis]).Train(module, data, data);
        string[] ofClasses = ["loss at initialization", "stagnation", "oscillation", "slow learning", "double softmax", "output activation", "class imbalance", "unrelated labels", "not shuffled", "overtraining", "one batch"];
        Assert.That(diagnosis.Findings.Select(finding => finding.Rule), Is.Not.Empty.And.None.AnyOf(ofClasses), "the images are shared by both sets, which is found");
        Assert.That(diagnosis.Findings.Select(finding => finding.Rule).Except(["shared images"]), Is.Empty);
    }

    [Test]
    public void Scope_OwnLoopWithOneOutput_MeasuresYesAndNo()
    {
        using var folder = new TemporaryFolder();
        using var data = ToySquares.Binary(32);
        using var module = ToySquares.Network.CreateModule(1);
        using var optimizer = optim.SGD(module.parameters(), 0.05);
        using (var scope = Scope.Attach(module, optimizer, new InspectionOptions(folder.File("run")) { Schedule = Schedule.Every(1), Budget = null }))
        {
            for (var step = 0; step < 5; step++)
            {
                using var tensors = NewDisposeScope();
                module.train();
                optimizer.zero_grad();
                var outputs = module.call(data.Images);
                var loss = nn.functional.binary_cross_entropy_with_logits(outputs.squeeze(1), data.Labels.to(ScalarType.Float32));
                loss.backward();
                optimizer.step();
                scope.Step(loss, outputs, data.Labels);
            }

            scope.EndEpoch();
            Assert.That(scope.Failure, Is.Null);
        }

        using var record = RunRecord.Open(folder.File("run"));
        Assert.That(record.Read(QuantityNames.Accuracy), Has.Count.EqualTo(5));
        Assert.That(record.Read(QuantityNames.DominantClass)[0].Value, Is.InRange(0.5, 0.9));
        Assert.That(record.ReadSeries().Select(series => series.Quantity), Does.Contain(QuantityNames.OutputGradientNorm).And.Not.Contain(QuantityNames.ProbabilityOutputs));
    }
}
