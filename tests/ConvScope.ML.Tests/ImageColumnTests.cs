using ConvScope.Datasets;
using ConvScope.Networks;
using ConvScope.Records.Files;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Training;
using ConvScope.Training.Images;
using Microsoft.ML.Transforms.Image;

namespace ConvScope.ML.Tests;

/// <summary>Features that are images: paths, the bytes of files, or images that are decoded. Whatever a network was trained on, it scores all of them.</summary>
public sealed class ImageColumnTests
{
    private static readonly NetworkSpec _network = new("colour", new Shape(3, 12, 12), Normalization.Centred(3),
        [new Conv2dLayer("conv", 6, 3), new ReluLayer("relu"), new MaxPool2dLayer("pool", 2), new FlattenLayer("flatten"), new LinearLayer("fc", 3)]);

    private static readonly ConvNetOptions _options = new() { Network = _network, FeatureColumnName = "Image", Training = new TrainingOptions { Epochs = 8, BatchSize = 6, LearningRate = 0.03 } };

    private readonly MLContext _context = new(1);
    private TemporaryFolder _folder = null!;
    private SortedDictionary<string, byte[]> _files = null!;

    private static IEnumerable<string> Kinds => ["paths", "files", "images", "drawn"];

    [SetUp]
    public void MakeFolder()
    {
        _files = PictureFiles.Create(perClass: 12);
        _folder = new TemporaryFolder();
        PictureFiles.WriteFolder(_folder.File("images"), _files);
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCaseSource(nameof(Kinds))]
    public void Fit_OnAnyKind_LearnsIsSavedAndScoresAllKindsAlike(string kind)
    {
        using var model = Trainer(_options).Fit(View(kind));
        Assert.That(_context.MulticlassClassification.Evaluate(model.Transform(View(kind))).MicroAccuracy, Is.GreaterThan(0.9));
        var loaded = ConvNetTransformerTests.SaveAndLoad(_context, model, View(kind).Schema, out var schema);
        Assert.That(schema.GetColumnOrNull("Image") is null, Is.EqualTo(kind is "images" or "drawn"), "ML.NET saves no column of images");
        Assert.That(((IEnumerable<ITransformer>)loaded).OfType<ConvNetTransformer>().Single().FeatureColumnType.ToString(), Is.EqualTo(View(kind).Schema["Image"].Type.ToString()!.Split('<')[0]).Or.EqualTo(View(kind).Schema["Image"].Type.ToString()));
        var expected = Scores(model, kind);
        foreach (var other in Kinds)
        {
            var scores = Scores(loaded, other);
            for (var row = 0; row < expected.Length; row++)
                Assert.That(scores[row], Is.EqualTo(expected[row]).Within(1e-4f), $"{other}, row {row}"); // LoadImages goes through a bitmap of Skia's own
        }
    }

    [TestCaseSource(nameof(Kinds))]
    public void GetOutputSchema_OfAnyKind_IsWhatIsDelivered(string kind)
    {
        var keys = _context.Transforms.Conversion.MapValueToKey("Label").Fit(View(kind)).Transform(View(kind));
        var trainer = _context.MulticlassClassification.Trainers.ConvNet(_options with { Training = new TrainingOptions { Epochs = 1 } });
        using var model = trainer.Fit(keys);
        Views.AssertPromise(trainer.GetOutputSchema(Views.Shape(keys.Schema)), model.Transform(keys).Schema);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Fit_OnFiles_KeepsRowsBackAndStreams(bool streams)
    {
        var options = _options with { ValidationFraction = 0.25, Streaming = new StreamingOptions { ResidentLimit = streams ? 0 : 1 << 30 } };
        foreach (var kind in Kinds)
        {
            using var model = Trainer(options).Fit(View(kind));
            Assert.That(model.LastTransformer.Training!.Epochs[^1].ValidationAccuracy, Is.GreaterThan(0.8), kind);
        }
    }

    [Test]
    public void Fit_RowWithoutAFile_IsNamedOrLeftOut()
    {
        var rows = Rows();
        (rows[7].Image, rows[9].Image) = ([], [1, 2, 3]);
        var data = _context.Data.LoadFromEnumerable(rows);
        var error = Assert.Throws<DamagedFileException>(() => Trainer(_options).Fit(data));
        Assert.That(error!.Message, Is.EqualTo("Image 'row 7 of column Image' cannot be decoded: the file is empty."));
        using var model = Trainer(_options with { Decoding = new ImageDecoding { OnCorrupt = CorruptImage.Skip } }).Fit(data);
        var scores = model.Transform(data).GetColumn<float[]>("Score").ToArray();
        Assert.That(scores.Index().Where(row => float.IsNaN(row.Item[0])).Select(row => row.Index), Is.EqualTo(new[] { 7, 9 }));
    }

    [Test]
    public void Fit_RowWithoutADrawnImage_IsNamedOrLeftOut()
    {
        var rows = DrawnRows();
        rows[7].Image = null;
        var data = _context.Data.LoadFromEnumerable(rows);
        var error = Assert.Throws<DamagedFileException>(() => Trainer(_options).Fit(data));
        Assert.That(error!.Message, Is.EqualTo("Image 'row 7 of column Image' cannot be decoded: there is none."));
        using var model = Trainer(_options with { Decoding = new ImageDecoding { OnCorrupt = CorruptImage.Skip } }).Fit(data);
        Assert.That(model.Transform(data).GetColumn<float[]>("Score").Index().Where(row => float.IsNaN(row.Item[0])).Select(row => row.Index), Is.EqualTo(new[] { 7 }));
    }

    [Test]
    public void Predict_UploadedFile_NeedsNoPath()
    {
        using var model = Trainer(_options).Fit(View("paths"));
        using var engine = _context.Model.CreatePredictionEngine<FileRow, Answer>(model);
        using var drawn = _context.Model.CreatePredictionEngine<DrawnRow, Answer>(model, new PredictionEngineOptions { OwnsTransformer = false });
        foreach (var (name, file) in _files)
        {
            Assert.That(PictureFiles.ClassNames[(int)engine.Predict(new FileRow { Image = file }).PredictedLabel - 1], Is.EqualTo(name.Split('/')[0]));
            using var stream = new MemoryStream(file);
            using var image = MLImage.CreateFromStream(stream);
            Assert.That(drawn.Predict(new DrawnRow { Image = image }).Score, Is.EqualTo(engine.Predict(new FileRow { Image = file }).Score).Within(1e-4f));
            Assert.That(image.Width, Is.GreaterThan(0), "the image still is the caller's");
        }
    }

    [Test]
    public void Predict_PixelsWithoutASize_SaysHowToGiveIt()
    {
        using var model = Trainer(_options).Fit(View("paths"));
        using var engine = _context.Model.CreatePredictionEngine<FileRow, Answer>(model);
        var error = Assert.Throws<DamagedFileException>(() => engine.Predict(new FileRow { Image = new byte[432] }));
        Assert.That(error!.Message, Does.StartWith("Image 'row 0 of column Image' cannot be decoded: ").And.EndWith("; 432 bytes may be raw pixels: give the column a size, [VectorType(432)]."));
    }

    [Test]
    public void Fit_OnFilesWithoutANetwork_SaysThatOneMustBeChosen() =>
        Assert.That(() => Trainer(_options with { Network = null }).Fit(View("files")),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.EqualTo("Feature column 'Image' holds images, which are scaled to the size that ConvNetOptions.Network takes; choose one."));

    [Test]
    public void Fit_ColumnOfAnotherKind_SaysWhatFits()
    {
        var data = _context.Data.LoadFromEnumerable(new[] { new { Image = 1.0, Label = "a" } });
        Assert.That(() => Trainer(_options).Fit(data), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.EqualTo(
            "Feature column 'Image' must be a vector of Single or Byte of known size (pixels), a text (paths of images), a vector of Byte of any size (image files), or an image; it is Double."));
    }

    private EstimatorChain<ConvNetTransformer> Trainer(ConvNetOptions options) =>
        _context.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Append(_context.MulticlassClassification.Trainers.ConvNet(options));

    private static float[][] Scores(ITransformer model, IDataView view) => [.. model.Transform(view).GetColumn<float[]>("Score")];

    private float[][] Scores(ITransformer model, string kind) => Scores(model, View(kind));

    private IDataView View(string kind) => kind switch
    {
        "files" => _context.Data.LoadFromEnumerable(Rows()),
        "drawn" => _context.Data.LoadFromEnumerable(DrawnRows()),
        "images" => Loaded(_context.Transforms.LoadImages("Image", _folder.File("images"), "Path")),
        _ => Loaded(_context.Transforms.CopyColumns("Image", "Full")),
    };

    private IDataView Loaded(IEstimator<ITransformer> load)
    {
        var paths = _context.Data.LoadFromEnumerable(_files.Keys.Select(name => new PathRow { Path = name, Full = _folder.File($"images/{name}"), Label = name.Split('/')[0] }).ToArray());
        return load.Fit(paths).Transform(paths);
    }

    private FileRow[] Rows() => [.. _files.Select(file => new FileRow { Image = file.Value, Label = file.Key.Split('/')[0] })];

    private DrawnRow[] DrawnRows() => [.. _files.Select(file =>
    {
        using var stream = new MemoryStream(file.Value);
        return new DrawnRow { Image = MLImage.CreateFromStream(stream), Label = file.Key.Split('/')[0] };
    })];

    private sealed class PathRow
    {
        public string Path { get; set; } = "";

        public string Full { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class FileRow
    {
        public byte[] Image { get; set; } = [];

        public string Label { get; set; } = "";
    }

    private sealed class DrawnRow
    {
        [ImageType(1, 1)]
        public MLImage? Image { get; set; }

        public string Label { get; set; } = "";
    }

    private sealed class Answer
    {
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }
}
