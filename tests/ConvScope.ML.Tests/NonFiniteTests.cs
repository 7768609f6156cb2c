using ConvScope.Attribution;
using ConvScope.Inspection;
using ConvScope.ML.Onnx;
using ConvScope.ML.Scoring;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.NonFinite;
using ConvScope.Training.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.ML.Tests;

/// <summary>A fit that is no longer finite ends loudly and leaves its report; nothing predicts from weights that are not finite.</summary>
public sealed class NonFiniteTests
{
    private const string Fault = " has weights that are NaN or infinite, from which nothing sensible comes: "
        + "'conv.weight' (2 of 54 values), 'fc.bias' (1 of 3 values). Train it anew, or take an earlier checkpoint.";

    private static readonly ConvNetOptions _hot = Toy.Options with { Training = new TrainingOptions { Epochs = 3, BatchSize = 8,
        LearningRate = 1e20 } };

    private static readonly string[] _ways = ["Transform", "PredictionEngine", "ExportOnnx", "OnnxExport", "Save", "ConvNetFeatures",
        "ConvNetAttribution"];

    private readonly List<string> _warnings = [];
    private MLContext _context = null!;
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder()
    {
        _folder = new TemporaryFolder();
        _context = new MLContext(1);
        _warnings.Clear();
        _context.Log += (_, message) =>
        {
            if (message.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                _warnings.Add(message.RawMessage);
        };
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Fit_LossThatOverflows_ThrowsAndLeavesTheReportOfTheRun([Values] bool diagnoses)
    {
        var options = _hot with { Inspection = new InspectionOptions(_folder.File("run")) { Diagnose = diagnoses } };
        var error = Assert.Throws<NonFiniteTrainingException>(() => Toy.Fit(_context, options))!;
        Assert.That((error.Step, error.Epoch, error.Layer), Is.EqualTo((1L, 1, "fc")));
        foreach (var file in new[] { "run.db", "report.html", "summary.json", "figures/loss.png", "figures/gradients.png",
            "figures/weights/conv.weight.png" })
            Assert.That(new FileInfo(_folder.File($"run/{file}")).Length, Is.Positive, file);
        var summary = RunSummary.Read(_folder.File("run"));
        Assert.That((summary.Status, summary.Epochs), Is.EqualTo(("failed", 0)));
        Assert.That(summary.Findings, Has.One.StartsWith($"failure: non-finite in fc, from step 1: {error.State}"));
        Assert.That(File.ReadAllText(_folder.File("run/report.html"))
            .Contains("failed, last step 1. Failure: non-finite fc: The loss of step 1 (epoch 1) is ", StringComparison.Ordinal),
            "what the page says first");
        Assert.That(_warnings, Is.Empty, "figures and report can be made of a run without an epoch");
        using var record = RunRecord.Open(_folder.File("run"));
        Assert.That(record.Read(QuantityNames.Loss).Select(reading => (reading.Step, double.IsFinite(reading.Value))),
            Is.EqualTo(new[] { (0L, true), (1, false) }));
    }

    [Test]
    public void Fit_FailingInALaterEpoch_NamesTheCheckpointAndLeavesTheCurvesUntilThen()
    {
        var training = Toy.Options.Training with { Checkpoints = new CheckpointOptions(_folder.File("run/checkpoints")) };
        var options = Toy.Options with { Training = training, Inspection = new InspectionOptions(_folder.File("run")),
            Observers = [new SpoilingAt(step: 14)] };
        var error = Assert.Throws<NonFiniteTrainingException>(() => Toy.Fit(_context, options))!;
        Assert.That((error.Step, error.Epoch, error.Layer, error.Checkpoint),
            Is.EqualTo((15L, 3, "conv", _folder.File("run/checkpoints/epoch-002.pth"))));
        using var again = Toy.Fit(_context, Toy.Options with { Training = training with { ResumeFrom = error.Checkpoint } });
        Assert.That(again.Training!.Epochs, Has.Count.EqualTo(8));
        Assert.That(RunSummary.Read(_folder.File("run")).Epochs, Is.EqualTo(2));
        Assert.That(File.Exists(_folder.File("run/figures/accuracy.png")));
    }

    [Test]
    public void Fit_StoppedByAFinding_LeavesItsReportToo()
    {
        var options = _hot with { Inspection = new InspectionOptions(_folder.File("run")) { StopOn = Severity.Failure } };
        var error = Assert.Throws<StoppedByFindingException>(() => Toy.Fit(_context, options))!;
        Assert.That((error.Finding!.Rule, error.Finding.FirstStep, error.Finding.Target), Is.EqualTo(("non-finite", 1L, "fc")),
            "who asks to be stopped by findings is");
        Assert.That(RunSummary.Read(_folder.File("run")).Findings, Has.Member(error.Finding.ToString()));
        Assert.That(File.Exists(_folder.File("run/report.html")));
    }

    [Test]
    public void Fit_Failing_LeavesNoNativeTensor() => Assert.That(
        NativeTensors.LeftBehindBySecond(() => Assert.Throws<NonFiniteTrainingException>(() => Toy.Fit(_context, _hot))),
            Is.Zero);

    [Test]
    public void CrossValidate_OneFoldThatFails_FailsWithItsReason() =>
        Assert.Throws<NonFiniteTrainingException>(() =>
            _context.MulticlassClassification.CrossValidate(Toy.View(_context), _context.MulticlassClassification.Trainers.ConvNet(_hot),
            numberOfFolds: 3));

    [Test]
    public void Fit_FrozenLayers_FailsAlike()
    {
        var options = _hot with { FreezeUntil = "conv", Training = _hot.Training with { LearningRate = 1e38 } };
        Assert.That(Assert.Throws<NonFiniteTrainingException>(() => Toy.Fit(_context, options))!.Layer, Is.EqualTo("fc"));
    }

    [Test]
    public void Fit_GoingOn_GivesItsHistoryAndAModelThatPredictsNothing()
    {
        using var model = Toy.Fit(_context, _hot with { Training = _hot.Training with { OnNonFinite = NonFiniteAction.Continue } });
        Assert.That((model.Training!.Epochs.Count, model.Training.NonFinite!.Step), Is.EqualTo((3, 1L)));
        Assert.That(_warnings, Has.Count.EqualTo(1));
        Assert.Throws<NonFiniteWeightsException>(() => model.Transform(Toy.View(_context)));
    }

    [TestCaseSource(nameof(_ways))]
    public void Use_OfWeightsThatAreNotFinite_SaysWhichAndHowMany(string way)
    {
        using var model = Toy.Fit(_context);
        var data = Toy.View(_context);
        Use(way, model, data);
        Spoil(model.Model.Module);
        var error = Assert.Throws<NonFiniteWeightsException>(() => Use(way, model, data))!;
        Assert.That(error.Message, Is.EqualTo($"Network 'toy'{Fault}"));
        Assert.That(error.Tensors, Is.EqualTo(new NonFiniteTensor[] { new("conv.weight", 2, 54), new("fc.bias", 1, 3) }));
    }

    [Test]
    public void Load_AModelThatWasSpoilt_IsRefusedWhereItIsToPredict()
    {
        using (var model = Toy.Fit(_context))
            _context.Model.Save(model, Toy.View(_context).Schema, _folder.File("model.zip"));
        SpoiltModel.Spoil(_folder.File("model.zip"), "conv.weight", 2);
        SpoiltModel.Spoil(_folder.File("model.zip"), "fc.bias", 1);
        using var loaded = (IDisposable)_context.Model.Load(_folder.File("model.zip"), out _);
        var scorer = (loaded as IEnumerable<ITransformer> ?? [(ITransformer)loaded]).OfType<ConvNetTransformer>().Single();
        Assert.That(() => scorer.Transform(Toy.View(_context)),
            Throws.TypeOf<NonFiniteWeightsException>().With.Message.EqualTo($"Network 'toy'{Fault}"));
        Assert.Throws<NonFiniteWeightsException>(() => _context.Model.CreatePredictionEngine<ToyInput, ToyOutput>(scorer));
    }

    [Test]
    public void Save_OfWeightsThatAreNotFinite_LeavesNothingThatCanBeLoaded()
    {
        using var model = Toy.Fit(_context);
        Spoil(model.Model.Module);
        Assert.Throws<NonFiniteWeightsException>(() => _context.Model.Save(model, Toy.View(_context).Schema, _folder.File("model.zip")));
        Assert.Catch(() => _context.Model.Load(_folder.File("model.zip"), out _)); // ML.NET opens the file before it asks
        Assert.Throws<NonFiniteWeightsException>(() => model.Model.ExportOnnx(_folder.File("model.onnx")));
        Assert.That(File.Exists(_folder.File("model.onnx")), Is.False);
    }

    [Test]
    public void FromCheckpoint_WeightsThatAreNotFinite_NamesTheFile()
    {
        var path = SpoiltCheckpoint();
        Assert.That(() => ConvNetModel.FromCheckpoint(Toy.Network, path),
            Throws.TypeOf<NonFiniteWeightsException>().With.Message.EqualTo($"'{path}'{Fault}"));
    }

    [Test]
    public void Fit_InitialWeightsThatAreNotFinite_NamesTheFileBeforeAStep()
    {
        var path = SpoiltCheckpoint();
        Assert.That(() => Toy.Fit(_context, Toy.Options with { InitialWeights = path }),
            Throws.TypeOf<NonFiniteWeightsException>().With.Message.EqualTo($"'{path}'{Fault}"));
    }

    [Test]
    public void Transform_RunningStatisticsThatAreNotFinite_AreWeightsToo()
    {
        var network = new NetworkSpec("toy", new Shape(1, 8, 8), Normalization.Centred(1),
            [new Conv2dLayer("conv", 6, 3), new BatchNorm2dLayer("norm"), new FlattenLayer("flatten"), new LinearLayer("fc", 3)]);
        using var model = Toy.Fit(_context, Toy.Options with { Network = network });
        using (no_grad())
            model.Model.Module.state_dict()["norm.running_var"].fill_(float.PositiveInfinity);
        Assert.That(() => model.Transform(Toy.View(_context)),
            Throws.TypeOf<NonFiniteWeightsException>().With.Message.Contains("'norm.running_var' (6 of 6 values)"));
        Assert.That(() => model.Model.ExportOnnx(_folder.File("model.onnx")), Throws.TypeOf<NonFiniteWeightsException>());
    }

    [Test]
    public void GetOutputSchema_OfWeightsThatAreNotFinite_StillTellsTheColumns()
    {
        using var model = Toy.Fit(_context);
        var schema = Toy.View(_context).Schema;
        var expected = model.GetOutputSchema(schema);
        Spoil(model.Model.Module);
        Views.AssertSameSchema(model.GetOutputSchema(schema), expected);
    }

    private void Use(string way, ConvNetTransformer model, IDataView data)
    {
        switch (way)
        {
            case "Transform":
                model.Transform(data);
                break;
            case "PredictionEngine":
                _context.Model.CreatePredictionEngine<ToyInput,
                    ToyOutput>(model, new PredictionEngineOptions { OwnsTransformer = false }).Dispose();
                break;
            case "ExportOnnx":
                model.Model.ExportOnnx(_folder.File("model.onnx"));
                break;
            case "OnnxExport":
                OnnxExport.Write(_folder.File("model.onnx"), Toy.Network, ModuleWeights.Read(model.Model.Module));
                break;
            case "Save":
                _context.Model.Save(model, data.Schema, _folder.File("model.zip"));
                break;
            case "ConvNetFeatures":
                _context.Transforms.ConvNetFeatures(model.Model, "relu").Fit(data).Transform(data);
                break;
            default:
                _context.Transforms.ConvNetAttribution(model.Model, new GradCam()).Fit(data).Transform(data);
                break;
        }
    }

    /// <summary>Two weights of the convolution become NaN, one bias infinite.</summary>
    private static void Spoil(nn.Module module)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        foreach (var (name, parameter) in module.named_parameters())
        {
            if (name == "conv.weight")
                parameter.view(-1).narrow(0, 7, 2).fill_(float.NaN);
            if (name == "fc.bias")
                parameter.narrow(0, 1, 1).fill_(float.NegativeInfinity);
        }
    }

    private string SpoiltCheckpoint()
    {
        using var module = Toy.Network.CreateModule(1);
        Spoil(module);
        Checkpoint.Write(_folder.File("spoilt.pth"),
            ModuleWeights.Read(module).ToDictionary(tensor => tensor.Name, tensor => (object?)tensor));
        return _folder.File("spoilt.pth");
    }

    /// <summary>Makes the convolution's bias NaN after a step.</summary>
    private sealed class SpoilingAt(long step) : TrainingObserver
    {
        private nn.Module? _network;

        public override void OnTrainingStarted(TrainingStarted started) => _network = started.Network;

        public override void OnStepCompleted(StepCompleted completed)
        {
            if (completed.Step != step)
                return;
            using var untracked = no_grad();
            _network!.named_parameters().Single(pair => pair.name == "conv.bias").parameter.fill_(float.NaN);
        }
    }
}
