using ConvScope.Datasets;
using ConvScope.Inspection;
using ConvScope.Networks;
using ConvScope.Records.Files;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.Images;

namespace ConvScope.ML.Tests;

/// <summary>Features that are the paths of image files: trained, saved, loaded and scored through the same decoding.</summary>
public sealed class ImagePathTests
{
    private static readonly NetworkSpec _network = new("colour", new Shape(3, 12, 12), Normalization.Centred(3),
        [new Conv2dLayer("conv", 6, 3), new ReluLayer("relu"), new MaxPool2dLayer("pool", 2), new FlattenLayer("flatten"), new LinearLayer("fc", 3)]);

    private readonly MLContext _context = new(1);
    private TemporaryFolder _folder = null!;
    private SortedDictionary<string, byte[]> _files = null!;

    [SetUp]
    public void MakeFolder()
    {
        _files = PictureFiles.Create(perClass: 12);
        _folder = new TemporaryFolder();
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    private static ConvNetOptions Options { get; } = new() { Network = _network, FeatureColumnName = "ImagePath", Training = new TrainingOptions { Epochs = 8, BatchSize = 6, LearningRate = 0.03 } };

    [TestCase("plain", true)]
    [TestCase("plain", false)]
    [TestCase("tar", false)]
    [TestCase("zip", true)]
    public void Fit_OnPaths_LearnsAndIsSavedWithItsDecoding(string form, bool streams)
    {
        var data = _context.Data.LoadFromImageFolder(Write(form));
        using var model = Pipeline(Options with { Decoding = new ImageDecoding { CropShare = 0.875, OnCorrupt = CorruptImage.Skip }, Streaming = Limit(streams) }).Fit(data);
        var expected = Views.Read(model.Transform(data), column => column.Name is "Score" or "PredictedLabel");
        Assert.That(_context.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy, Is.GreaterThan(0.9));

        var loaded = ConvNetTransformerTests.SaveAndLoad(_context, model, data.Schema, out _);
        Views.AssertSameValues(Views.Read(loaded.Transform(data), column => column.Name is "Score" or "PredictedLabel"), expected, "loaded");
        Assert.That(((IEnumerable<ITransformer>)loaded).OfType<ConvNetTransformer>().Single().Model.Decoding, Is.EqualTo(new ImageDecoding { CropShare = 0.875, OnCorrupt = CorruptImage.Skip }));
        using var engine = _context.Model.CreatePredictionEngine<PathInput, ScoreOutput>(loaded);
        var paths = data.GetColumn<string>("ImagePath").ToArray();
        for (var row = 0; row < paths.Length; row++)
            Assert.That(engine.Predict(new PathInput { ImagePath = paths[row] }).Score, Is.EqualTo((float[])expected[row][1]!).Within(1e-6f));
    }

    [Test]
    public void Fit_OnPaths_ReadsTheViewOnce()
    {
        var reads = 0;
        var path = Write("plain");
        var keys = _context.Transforms.Conversion.MapValueToKey("Label").Fit(_context.Data.LoadFromImageFolder(path));
        using var folder = ImageFolder.Open(path);
        var rows = Enumerable.Range(0, folder.Count).Select(index => new PathInput { ImagePath = folder.ImagePath(index), Label = folder.ClassNames[folder.Label(index)] });
        var counted = _context.Data.LoadFromEnumerable(Counted());
        using var model = _context.MulticlassClassification.Trainers.ConvNet(Options with { Streaming = Limit(streams: true) }).Fit(keys.Transform(counted));
        Assert.That(reads, Is.EqualTo(1));
        Assert.That(model.Training!.Epochs.Select(epoch => epoch.WaitingSeconds), Has.All.Not.Null);

        IEnumerable<PathInput> Counted()
        {
            reads++;
            foreach (var row in rows)
                yield return row;
        }
    }

    [Test]
    public void Fit_Streamed_SummaryHasTheWaitingShare()
    {
        using var model = Pipeline(Options with { Streaming = Limit(streams: true), Inspection = new InspectionOptions(_folder.File("run")) }).Fit(_context.Data.LoadFromImageFolder(Write("plain")));
        var summary = RunSummary.Read(_folder.File("run"));
        Assert.That(summary.WaitingShare, Is.GreaterThan(0).And.LessThan(1));
        Assert.That(File.ReadAllText(_folder.File("run/summary.json")), Does.Contain("\"waitingShare\": "));
    }

    [Test]
    public void Fit_Held_SummaryHasNoWaitingShare()
    {
        using var model = Pipeline(Options with { Inspection = new InspectionOptions(_folder.File("run")) }).Fit(_context.Data.LoadFromImageFolder(Write("plain")));
        Assert.That(File.ReadAllText(_folder.File("run/summary.json")), Does.Not.Contain("waiting"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Fit_CorruptImage_IsNamedInTheLogOrFatal(bool streams)
    {
        var lines = new List<string>();
        _context.Log += (_, message) => lines.Add(message.RawMessage);
        _files["green/005.jpg"] = [];
        var data = _context.Data.LoadFromImageFolder(Write("tar"));
        var options = Options with { Streaming = Limit(streams) };
        Pipeline(options with { Decoding = new ImageDecoding { OnCorrupt = CorruptImage.Skip } }).Fit(data).Dispose();
        Assert.That(lines, Has.Exactly(1).Contains($"Image '{_folder.File("images.tar")}!/green/005.jpg' is left out: the file is empty."));
        Assert.That(Assert.Throws<DamagedFileException>(() => Pipeline(options).Fit(data))!.Message, Does.EndWith("green/005.jpg' cannot be decoded: the file is empty."));
    }

    [Test]
    public void Transform_RowsOfCorruptImages_AreNamedAndCounted()
    {
        using var model = Pipeline(Options with { Decoding = new ImageDecoding { OnCorrupt = CorruptImage.Skip } }).Fit(_context.Data.LoadFromImageFolder(Write("plain")));
        var bad = _files.Keys.Where((_, index) => index % 3 == 0).ToArray();
        foreach (var file in bad)
            File.WriteAllBytes(_folder.File($"images/{file}"), _files[file][..30]);
        var data = _context.Data.LoadFromImageFolder(_folder.File("images"));
        _context.Model.Save(model, data.Schema, _folder.File("model.zip"));
        var loaded = _context.Model.Load(_folder.File("model.zip"), out _);
        foreach (var (name, scorer) in new (string, ITransformer)[] { ("trained", model), ("loaded", loaded) })
        {
            var lines = new List<string>();
            void Listen(object? sender, LoggingEventArgs message) => lines.Add(message.RawMessage);
            _context.Log += Listen;
            var rows = Views.Read(scorer.Transform(data), column => column.Name is "Score" or "PredictedLabel");
            _context.Log -= Listen;
            for (var row = 0; row < rows.Count; row++)
            {
                Assert.That((float[])rows[row][1]!, row % 3 == 0 ? Is.All.NaN : Has.All.InRange(0, 1));
                Assert.That(rows[row][0], row % 3 == 0 ? Is.EqualTo(0u) : Is.InRange(1u, 3u));
            }

            Assert.That(lines, Has.Exactly(10).Matches<string>(line => line.StartsWith("Image '", StringComparison.Ordinal) && line.EndsWith("Its row has no score.", StringComparison.Ordinal)), name);
            Assert.That(lines, Has.Exactly(1).StartsWith($"12 of 36 rows have no score, since their images cannot be decoded, beginning with '{_folder.File("images")}/{bad[0]}' cannot be decoded: "));
        }
    }

    [TestCase("")]
    [TestCase("nowhere.jpg")]
    [TestCase("nowhere.tar!/a/b.jpg")]
    [TestCase("images.tar!/a/b.jpg")]
    public void Transform_PathThatLeadsNowhere_GivesNaNOrFailsAsTheModelSays(string path)
    {
        PictureFiles.WriteTar(_folder.File("images.tar"), _files);
        var input = new PathInput { ImagePath = path.Length == 0 ? "" : _folder.File(path) };
        foreach (var action in Enum.GetValues<CorruptImage>())
        {
            using var model = Pipeline(Options with { Decoding = new ImageDecoding { OnCorrupt = action } }).Fit(_context.Data.LoadFromImageFolder(_folder.File("images.tar")));
            using var engine = _context.Model.CreatePredictionEngine<PathInput, ScoreOutput>(model);
            if (action == CorruptImage.Fail)
            {
                Assert.That(Assert.Throws<DamagedFileException>(() => engine.Predict(input))!.Message, Does.StartWith($"Image '{input.ImagePath}' cannot be decoded: "));
                continue;
            }

            var output = engine.Predict(input);
            Assert.That(output.Score, Is.All.NaN);
            Assert.That(output.PredictedLabel, Is.Zero);
        }
    }

    [Test]
    public void Fit_WithoutANetwork_SaysThatOneMustBeChosen()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Pipeline(Options with { Network = null }).Fit(_context.Data.LoadFromImageFolder(Write("plain"))));
        Assert.That(error!.Message, Does.Contain("holds paths of images, which are scaled to the size that ConvNetOptions.Network takes; choose one."));
    }

    [Test]
    public void GetOutputSchema_OfPaths_IsWhatIsDelivered()
    {
        var data = _context.Data.LoadFromImageFolder(Write("plain"));
        var keys = _context.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
        var trainer = _context.MulticlassClassification.Trainers.ConvNet(Options);
        using var model = trainer.Fit(keys);
        Views.AssertPromise(trainer.GetOutputSchema(Views.Shape(keys.Schema)), model.Transform(keys).Schema);
    }

    [Test]
    public void Fit_OnPaths_LeavesNoTensorBehind()
    {
        var data = _context.Data.LoadFromImageFolder(Write("zip"));
        Assert.That(NativeTensors.LeftBehindBySecond(() =>
        {
            using var model = Pipeline(Options with { Streaming = Limit(streams: true) }).Fit(data);
            Views.Read(model.Transform(data), column => column.Name == "Score");
        }), Is.Zero);
    }

    [Test]
    public void LoadFromImages_Rows_HaveTheShapeThePixelsAndTheNames()
    {
        var images = new ImageSet("toy", [.. Enumerable.Range(0, 24).Select(value => (byte)value)], [1, 0], 3, 2, 2, ["cat", "dog"]);
        var view = _context.Data.LoadFromImages(images);
        Assert.That(view.Schema["Features"].Type, Is.EqualTo(new VectorDataViewType(NumberDataViewType.Byte, 3, 2, 2)));
        Assert.That(view.GetRowCount(), Is.EqualTo(2));
        Assert.That(view.GetColumn<byte[]>("Features").SelectMany(row => row), Is.EqualTo(Enumerable.Range(0, 24)));
        Assert.That(view.GetColumn<string>("Label"), Is.EqualTo(new[] { "dog", "cat" }));
    }

    private EstimatorChain<ConvNetTransformer> Pipeline(ConvNetOptions options) =>
        _context.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Append(_context.MulticlassClassification.Trainers.ConvNet(options));

    private static StreamingOptions Limit(bool streams) => new() { ResidentLimit = streams ? 0 : 1 << 30 };

    private string Write(string form) => form switch
    {
        "plain" => PictureFiles.WriteFolder(_folder.File("images"), _files),
        "tar" => PictureFiles.WriteTar(_folder.File("images.tar"), _files),
        _ => PictureFiles.WriteZip(_folder.File("images.zip"), _files),
    };

    private sealed class PathInput
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class ScoreOutput
    {
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }
}
