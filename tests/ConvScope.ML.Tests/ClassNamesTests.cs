using ConvScope.Datasets;
using ConvScope.Inspection;
using ConvScope.ML.Onnx;
using ConvScope.Networks;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.Images;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Transforms;

namespace ConvScope.ML.Tests;

/// <summary>The rule: a class is called what its folder, or its key, is called, wherever a training is shown or kept.</summary>
public sealed class ClassNamesTests
{
    private static readonly NetworkSpec _network = new("colour", new Shape(3, 12, 12), Normalization.Centred(3),
        [new Conv2dLayer("conv", 6, 3), new ReluLayer("relu"), new MaxPool2dLayer("pool", 2), new FlattenLayer("flatten"), new LinearLayer("fc", 3)]);

    private readonly MLContext _context = new(1);
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase(ValueToKeyMappingEstimator.KeyOrdinality.ByValue, new[] { "blue", "green", "red" })]
    [TestCase(ValueToKeyMappingEstimator.KeyOrdinality.ByOccurrence, new[] { "red", "blue", "green" })]
    public void Fit_OnFolders_NamesReachRecordSummaryModelAndOnnx(ValueToKeyMappingEstimator.KeyOrdinality order, string[] expected)
    {
        var folder = PictureFiles.WriteFolder(_folder.File("images"), PictureFiles.Create(perClass: 4));
        var rows = _context.Data.CreateEnumerable<Row>(_context.Data.LoadFromImageFolder(folder), reuseRowObject: false).OrderBy(row => row.Label == "red" ? 0 : 1).ToArray();
        var data = _context.Data.LoadFromEnumerable(rows);
        var options = new ConvNetOptions
        {
            Network = _network, FeatureColumnName = "ImagePath", Training = new TrainingOptions { Epochs = 1, BatchSize = 4 }, Inspection = new InspectionOptions(_folder.File("run")) { Report = false },
        };
        using var model = _context.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: order).Append(_context.MulticlassClassification.Trainers.ConvNet(options)).Fit(data);
        using (var record = RunRecord.Open(_folder.File("run")))
            Assert.That(RecordedClasses.Of(record.ReadMetadata()).Names, Is.EqualTo(expected));
        Assert.That(RunSummary.Read(_folder.File("run")).Classes, Is.EqualTo(expected));
        Assert.That(model.LastTransformer.Model.ClassNames, Is.EqualTo(expected));
        model.LastTransformer.Model.ExportOnnx(_folder.File("model.onnx"));
        using var session = new InferenceSession(_folder.File("model.onnx"));
        Assert.That(session.ModelMetadata.CustomMetadataMap[OnnxExport.ClassesKey], Is.EqualTo($"[\"{string.Join("\",\"", expected)}\"]"));
        var loaded = ConvNetTransformerTests.SaveAndLoad(_context, model, data.Schema, out _);
        Assert.That(((IEnumerable<ITransformer>)loaded).OfType<ConvNetTransformer>().Single().Model.ClassNames, Is.EqualTo(expected));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Train_OnAFolderWithoutMlNet_TheRecordKnowsTheNames(bool streams)
    {
        using var folder = ImageFolder.Open(PictureFiles.WriteFolder(_folder.File("images"), PictureFiles.Create(perClass: 4)));
        using var images = TrainingImages.Open(folder, _network.Input, streaming: new StreamingOptions { ResidentLimit = streams ? 0 : 1 << 30 });
        using var module = _network.CreateModule(seed: 1);
        using (var recorder = new RunRecorder(new InspectionOptions(_folder.File("run")) { Report = false }, _network))
            new Trainer(new TrainingOptions { Epochs = 1, BatchSize = 4 }, [recorder]).Train(module, images);
        Assert.That(RunSummary.Read(_folder.File("run")).Classes, Is.EqualTo(PictureFiles.ClassNames));
    }

    private sealed class Row
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }
}
