using System.Reflection;
using ConvScope.Inspection;
using ConvScope.Networks;
using ConvScope.Networks.Zoo;
using ConvScope.Quantities;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Records.Recording;
using ConvScope.Training;
using TorchSharp;

namespace ConvScope.ML.Tests;

/// <summary>The invariants that ML.NET's own suite asks of an estimator, and reproducible trainings.</summary>
public sealed class ConvNetTrainerTests
{
    private readonly MLContext _context = new(1);

    [Test]
    public void Fit_DrawnShapes_LearnsThem()
    {
        using var model = Toy.Fit(_context);
        var metrics = _context.MulticlassClassification.Evaluate(model.Transform(Toy.View(_context, 90, seed: 7)));
        Assert.That(metrics.MicroAccuracy, Is.GreaterThan(0.9));
        Assert.That(metrics.LogLoss, Is.LessThan(0.5), "scores are probabilities");
        Assert.That(model.Training!.Epochs, Has.Count.EqualTo(8));
    }

    [Test]
    public void GetOutputSchema_OfAShape_PromisesWhatIsDelivered()
    {
        var data = Toy.View(_context);
        using var model = Toy.Fit(_context);
        Views.AssertPromise(Trainer().GetOutputSchema(Views.Shape(data.Schema)), model.GetOutputSchema(data.Schema));
    }

    [Test]
    public void GetOutputSchema_OfAShape_ReadsNoRow() =>
        Assert.DoesNotThrow(() => Trainer().GetOutputSchema(Views.Shape(new UnreadableView(Toy.View(_context).Schema).Schema)));

    [Test]
    public void FitAndSchema_WithoutLabel_ThrowTheSame()
    {
        var data = _context.Data.LoadFromEnumerable(ToyInput.From(Toy.Rows(9)));
        Assert.That(Assert.Throws<ArgumentOutOfRangeException>(() => Trainer().GetOutputSchema(Views.Shape(data.Schema)))!.Message, Does.StartWith("There is no label column 'Label'; the data have 'Features'."));
        Assert.Throws<ArgumentOutOfRangeException>(() => Trainer().Fit(data));
    }

    [Test]
    public void FitAndSchema_TextLabel_SayWhatIsNeeded()
    {
        var data = _context.Data.LoadFromEnumerable(Toy.Rows(9));
        Assert.That(Assert.Throws<ArgumentOutOfRangeException>(() => Trainer().Fit(data))!.Message, Does.StartWith("Label column 'Label' must be a key of UInt32, such as MapValueToKey makes; it is String."));
        Assert.Throws<ArgumentOutOfRangeException>(() => Trainer().GetOutputSchema(Views.Shape(data.Schema)));
    }

    [Test]
    public void Fit_UnknownFeatureColumn_NamesTheColumns()
    {
        var trainer = _context.MulticlassClassification.Trainers.ConvNet(Toy.Options with { FeatureColumnName = "Pixels" });
        Assert.That(Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Fit(Toy.View(_context)))!.Message, Does.StartWith("There is no feature column 'Pixels'; the data have 'Id', 'Features', 'Word', 'Label', 'Label'."));
    }

    [Test]
    public void Fit_FeaturesOfTheWrongLength_SaysBothSizes()
    {
        var trainer = _context.MulticlassClassification.Trainers.ConvNet(Toy.Options with { Network = LeNet5.Create(3) });
        Assert.That(Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Fit(Toy.View(_context)))!.Message, Does.StartWith("Feature column 'Features' must hold 1x28x28 = 784 values; it holds 64."));
    }

    [Test]
    public void Fit_ImagesTooSmallForLeNet5_SaysSo()
    {
        var trainer = _context.MulticlassClassification.Trainers.ConvNet();
        Assert.That(Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Fit(Toy.View(_context)))!.Message, Does.StartWith("LeNet-5 does not fit feature column 'Features': Layer 'conv3'"));
    }

    [Test]
    public void Fit_NetworkWithOtherClassCount_SaysBoth()
    {
        var network = new NetworkSpec("four", new Shape(1, 8, 8), Normalization.Centred(1), [new FlattenLayer("flatten"), new LinearLayer("fc", 4)]);
        var trainer = _context.MulticlassClassification.Trainers.ConvNet(Toy.Options with { Network = network });
        Assert.That(Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Fit(Toy.View(_context)))!.Message, Does.StartWith("Network 'four' tells 4 classes apart; label column 'Label' has 3."));
    }

    [Test]
    public void Fit_OneClass_SaysHowManyAreNeeded()
    {
        var data = _context.Data.LoadFromEnumerable(Toy.Rows(9).Where(row => row.Label == "bar"));
        var keyed = _context.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
        Assert.That(Assert.Throws<ArgumentOutOfRangeException>(() => Trainer().Fit(keyed))!.Message, Does.StartWith("Label column 'Label' must have at least 2 classes; it has 1."));
    }

    [Test]
    public void Fit_MissingLabel_NamesTheRow()
    {
        var rows = Toy.Rows(9).ToArray();
        rows[4].Label = "unheard of";
        var data = Toy.WithKeys(_context, _context.Data.LoadFromEnumerable(rows));
        Assert.That(Assert.Throws<InvalidOperationException>(() => Trainer().Fit(data))!.Message,
            Is.EqualTo("Row 4 of the training set has no label: column 'Label' holds a missing key. Drop such rows before training."));
    }

    [Test]
    public void Fit_RowOfAnotherLength_NamesColumnAndRow()
    {
        var rows = Toy.Rows(12);
        rows[5].Features = new VBuffer<float>(9, new float[9]);
        Assert.That(() => Trainer().Fit(Toy.WithKeys(_context, _context.Data.LoadFromEnumerable(rows))), Throws.InvalidOperationException.With.Message.EqualTo(
            "Row 5 has 9 values in feature column 'Features', which promises 64. Every row needs all of them: drop it, or mend what makes it."));
    }

    [Test]
    public void Fit_NothingToResumeFrom_SaysSo() => Assert.That(
        () => Toy.Fit(_context, Toy.Options with { Training = Toy.Options.Training with { ResumeFrom = "nowhere/run" } }),
        Throws.TypeOf<FileNotFoundException>().With.Message.EqualTo("There is nothing to resume from: neither a checkpoint nor a folder 'nowhere/run'."));

    [Test]
    public void Fit_NotFiniteFeature_NamesTheRow()
    {
        var rows = Toy.Rows(9).ToArray();
        rows[6].Features = new VBuffer<float>(64, [.. Enumerable.Repeat(float.NaN, 64)]);
        var data = Toy.WithKeys(_context, _context.Data.LoadFromEnumerable(rows));
        Assert.That(Assert.Throws<InvalidOperationException>(() => Trainer().Fit(data))!.Message,
            Does.StartWith("Row 6 of the training set has a value in feature column 'Features' that is not a finite number."));
    }

    [Test]
    public void Fit_NoRows_SaysSo()
    {
        var data = Toy.WithKeys(_context, _context.Data.LoadFromEnumerable(Array.Empty<Toy>()));
        Assert.That(Assert.Throws<InvalidOperationException>(() => Trainer().Fit(data))!.Message, Is.EqualTo("The training set has no rows."));
    }

    [TestCase(0.0, 0.9, "LearningRate must be positive and finite.")]
    [TestCase(0.1, 1.0, "Momentum must be 0 to below 1.")]
    public void ConvNet_OptionOutOfRange_NamesIt(double learningRate, double momentum, string message)
    {
        var options = Toy.Options with { Training = new TrainingOptions { LearningRate = learningRate, Momentum = momentum } };
        Assert.That(Assert.Throws<ArgumentOutOfRangeException>(() => _context.MulticlassClassification.Trainers.ConvNet(options))!.Message, Does.StartWith(message));
    }

    [Test]
    public void Fit_GpuThatIsNotThere_FallsBackOrSaysSo()
    {
        var warnings = new List<string>();
        var context = new MLContext(1) { GpuDeviceId = 99, FallbackToCpu = true };
        context.Log += (_, message) =>
        {
            if (message.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add(message.RawMessage);
        };
        using (Toy.Fit(context))
            Assert.That(warnings, Has.One.StartsWith("GPU 99 was asked for; this process sees "));

        context.FallbackToCpu = false;
        Assert.That(Assert.Throws<InvalidOperationException>(() => Toy.Fit(context))!.Message, Does.Contain("GPU 99 was asked for").And.Contains("FallbackToCpu"));
    }

    [Test]
    public void Fit_Cancelled_LeavesRecordAndReportThatSaySoAndNoModel()
    {
        using var folder = new TemporaryFolder();
        using var cancellation = new CancellationTokenSource();
        var trainer = _context.MulticlassClassification.Trainers.ConvNet(Toy.Options with
        {
            Inspection = new InspectionOptions(folder.File("run")) { Budget = null },
            Observers = [new CancelAt(10, cancellation)],
            Cancellation = cancellation.Token,
        });

        var tensors = NativeTensors.LeftBehindBy(
            () => Assert.Throws<OperationCanceledException>(() => trainer.Fit(Toy.View(_context))));

        Assert.That(tensors, Is.Zero, "native tensors");
        Assert.That(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName),
            Is.SupersetOf(new[] { "run.db", "report.html", "summary.json", "loss.png", "step-000006.safetensors" }).And.No.Member("model.zip"));
        using var record = RunRecord.Open(folder.File("run"));
        Assert.That(record.ReadMetadata()[MetadataNames.Status], Is.EqualTo("cancelled"));
    }

    [Test]
    public void Fit_StopOnAFailure_EndsTheTrainingWithTheFinding()
    {
        using var folder = new TemporaryFolder();
        var lines = new List<string>();
        var context = new MLContext(1);
        context.Log += (_, message) => lines.Add(message.RawMessage);
        var options = Toy.Options with
        {
            Training = new TrainingOptions { Epochs = 50, BatchSize = 8, LearningRate = 1e20 },
            Inspection = new InspectionOptions(folder.File("run")) { StopOn = Severity.Failure, Schedule = Schedule.Every(1) },
        };
        var error = Assert.Throws<StoppedByFindingException>(() => Toy.Fit(context, options));

        Assert.That(error!.Finding!.Severity, Is.EqualTo(Severity.Failure));
        Assert.That(error.Message, Does.StartWith("The training was stopped. failure: "));
        Assert.That(lines, Has.One.EqualTo($"Finding: {error.Finding}"));
        using var record = RunRecord.Open(folder.File("run"));
        Assert.That(record.ReadMetadata()[MetadataNames.Status], Is.EqualTo("stopped"));
        Assert.That(record.ReadFindings().Select(finding => finding.ToString()), Has.Member(error.Finding.ToString()));
        Assert.That(record.Read(QuantityNames.Loss), Has.Count.LessThan(20), "it ended at once");
    }

    [Test]
    public void Fit_UnwritableFolder_TrainsWithOneWarning()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("file"), "");
        var warnings = new List<string>();
        var context = new MLContext(1);
        context.Log += (_, message) =>
        {
            if (message.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add(message.RawMessage);
        };
        using var model = Toy.Fit(context, Toy.Options with { Inspection = new InspectionOptions(folder.File("file/run")) });
        Assert.That(warnings, Has.Count.EqualTo(1));
        Assert.That(warnings[0], Does.Contain("cannot be written; the training goes on without it."));
        Assert.That(model.RunFolder, Is.Null);
    }

    [Test]
    public void Fit_WithAndWithoutInspection_GivesTheSameLossesToTheLastBit()
    {
        using var folder = new TemporaryFolder();
        using var plain = Toy.Fit(_context);
        using var inspected = Toy.Fit(_context, Toy.Options with { Inspection = new InspectionOptions(folder.File("run")) { Schedule = Schedule.Every(1) } });
        Assert.That(Losses(inspected), Is.EqualTo(Losses(plain)));
        AssertSameWeights(inspected, plain);
        Assert.That(inspected.RunFolder, Is.EqualTo(folder.File("run")));
        Assert.That(File.Exists(folder.File("run/summary.json")));
        Assert.That(File.Exists(folder.File("run/figures/weights/conv.weight.png")));
    }

    [Test]
    public void Fit_SameSeedTwice_GivesTheSameNetworkAndLeavesTheCallersRandomState()
    {
        var trainer = Trainer();
        torch.manual_seed(11).Dispose();
        using var before = torch.random.get_rng_state();
        using var first = trainer.Fit(Toy.View(_context));
        using var second = trainer.Fit(Toy.View(_context));
        using var after = torch.random.get_rng_state();
        using var other = Toy.Fit(new MLContext(2));

        Assert.That(after.bytes.SequenceEqual(before.bytes), "the caller's random state");
        Assert.That(Losses(second), Is.EqualTo(Losses(first)));
        AssertSameWeights(second, first);
        Assert.That(Losses(other), Is.Not.EqualTo(Losses(first)), "another seed");
    }

    [Test]
    public void Fit_AndDispose_LeavesNoNativeTensor()
    {
        Assert.That(NativeTensors.LeftBehindBySecond(Run), Is.Zero);

        void Run()
        {
            using var model = Toy.Fit(_context);
            Views.Read(model.Transform(Toy.View(_context)), _ => true);
        }
    }

    [Test]
    public void Fit_ValidationSet_IsMeasuredAfterEachEpoch()
    {
        using var model = Trainer().Fit(Toy.View(_context), Toy.View(_context, 30, seed: 5));
        Assert.That(model.Training!.Epochs.Select(epoch => epoch.ValidationAccuracy), Has.All.Not.Null);
        var metrics = _context.MulticlassClassification.Evaluate(model.Transform(Toy.View(_context, 30, seed: 5)));
        Assert.That(model.Training.Epochs[^1].ValidationAccuracy, Is.EqualTo(metrics.MicroAccuracy).Within(1e-9));
    }

    [Test]
    public void Fit_EveryEpoch_LogsALineInTheSeedsForm()
    {
        var lines = new List<string>();
        var context = new MLContext(1);
        context.Log += (_, message) => lines.Add(message.RawMessage);
        using var model = Toy.Fit(context);
        Assert.That(lines.Where(line => line.StartsWith('[')), Has.Exactly(8).Matches(@"^\[\d/8\]: Loss: \d\.\d{3} \| Accu: \d+\.\d{3}%$"));
        Assert.That(lines, Has.One.Contains("libtorch").And.One.Contains("training on cpu"));
    }

    [Test]
    public void CrossValidate_WithInspection_GivesEachFoldItsOwnRunFolder()
    {
        using var folder = new TemporaryFolder();
        var trainer = _context.MulticlassClassification.Trainers.ConvNet(Toy.Options with { Inspection = new InspectionOptions(folder.File("fold")) { Figures = false } });
        var folds = _context.MulticlassClassification.CrossValidate(Toy.View(_context, 60), trainer, numberOfFolds: 3);

        Assert.That(folds.Select(fold => fold.Metrics.MicroAccuracy), Has.All.GreaterThan(0.5));
        Assert.That(Directory.GetDirectories(folder.Path).Select(Path.GetFileName).Order(), Is.EqualTo(new[] { "fold", "fold-002", "fold-003" }));
    }

    [Test]
    public void Pipeline_TextAndNumericLabels_ComeBackByMapKeyToValue()
    {
        var rows = Toy.Rows(45).Select(row => new NumberedToy { Features = [.. row.Features.DenseValues()], Label = row.Label == "bar" ? 40 : row.Label == "pole" ? 7 : 12 }).ToArray();
        var data = _context.Data.LoadFromEnumerable(rows);
        using var model = _context.Transforms.Conversion.MapValueToKey("Label")
            .Append(Trainer())
            .Append(_context.Transforms.Conversion.MapKeyToValue("Number", "PredictedLabel")).Fit(data);
        var loaded = ConvNetTransformerTests.SaveAndLoad(_context, model, data.Schema, out _);
        var numbers = loaded.Transform(data).GetColumn<int>("Number").ToArray();
        Assert.That(numbers.Zip(rows).Count(pair => pair.First == pair.Second.Label), Is.GreaterThan(40));
        VBuffer<int> values = default;
        loaded.GetOutputSchema(data.Schema)["Score"].Annotations.GetValue("TrainingLabelValues", ref values);
        Assert.That(values.DenseValues(), Is.EqualTo(new[] { 40, 7, 12 }));

        var texts = _context.Data.LoadFromEnumerable(Toy.Rows(45));
        using var textModel = _context.Transforms.Conversion.MapValueToKey("Label")
            .Append(Trainer()).Append(_context.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel")).Fit(texts);
        Assert.That(textModel.Transform(texts).GetColumn<string>("Name").Distinct(), Is.SubsetOf(Toy.Names));
    }

    private ConvNetTrainer Trainer() => _context.MulticlassClassification.Trainers.ConvNet(Toy.Options);

    private static double[] Losses(ConvNetTransformer model) => [.. model.Training!.Epochs.Select(epoch => epoch.TrainLoss)];

    private static void AssertSameWeights(ConvNetTransformer actual, ConvNetTransformer expected)
    {
        foreach (var ((name, a), (_, b)) in actual.Model.Module.named_parameters().Zip(expected.Model.Module.named_parameters()))
            Assert.That(a.bytes.SequenceEqual(b.bytes), name);
    }

    private sealed class CancelAt(long step, CancellationTokenSource source) : TrainingObserver
    {
        public override void OnStepCompleted(StepCompleted completed)
        {
            if (completed.Step == step)
                source.Cancel();
        }
    }

    internal sealed class NumberedToy
    {
        [VectorType(64)]
        public float[] Features { get; set; } = [];

        public int Label { get; set; }
    }
}
