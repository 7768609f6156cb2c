using ConvScope.Networks;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Training;
using Microsoft.ML.Transforms.Image;
using SkiaSharp;

namespace ConvScope.ML.Tests;

/// <summary>Composed with ML.NET's own image transforms, and with bytes in place of floats.</summary>
public sealed class ImagePipelineTests
{
    private readonly MLContext _context = new(1);

    [Test]
    public void Fit_AfterLoadResizeExtract_LearnsImageFilesOfAFolder()
    {
        using var folder = new TemporaryFolder();
        var data = _context.Data.LoadFromEnumerable(DrawFiles(folder, 36));
        var pipeline = _context.Transforms.Conversion.MapValueToKey("Label")
            .Append(_context.Transforms.LoadImages("Image", folder.Path, nameof(ImageFile.Path)))
            .Append(_context.Transforms.ResizeImages("Image", imageWidth: 8, imageHeight: 8, resizing: ImageResizingEstimator.ResizingKind.Fill))
            .Append(_context.Transforms.ExtractPixels("Features", "Image"))
            .Append(_context.MulticlassClassification.Trainers.ConvNet(new ConvNetOptions { Network = ColorNetwork, Training = new TrainingOptions { Epochs = 20, BatchSize = 6, LearningRate = 0.05 } }))
            .Append(_context.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel"));

        using var model = pipeline.Fit(data);
        var loaded = ConvNetTransformerTests.SaveAndLoad(_context, model, data.Schema, out _);
        using var engine = _context.Model.CreatePredictionEngine<ImageFile, ImageName>(loaded);

        var files = _context.Data.CreateEnumerable<ImageFile>(data, reuseRowObject: false).ToArray();
        Assert.That(files.Count(file => engine.Predict(file).Name == file.Label), Is.GreaterThanOrEqualTo(33), "of 36");
    }

    [Test]
    public void Fit_BytesAndFloatsOfTheSamePixels_GiveTheSameNetwork()
    {
        var bytes = Toy.Rows(45).Select(row => new ByteToy { Features = [.. row.Features.DenseValues().Select(value => (byte)value)], Label = row.Label }).ToArray();
        using var fromBytes = _context.MulticlassClassification.Trainers.ConvNet(Toy.Options).Fit(Toy.WithKeys(_context, _context.Data.LoadFromEnumerable(bytes)));
        using var fromFloats = Toy.Fit(_context);

        Assert.That(fromBytes.Training!.Epochs.Select(epoch => epoch.TrainLoss), Is.EqualTo(fromFloats.Training!.Epochs.Select(epoch => epoch.TrainLoss)));
    }

    private static NetworkSpec ColorNetwork { get; } = new("colour", new Shape(3, 8, 8), Normalization.Centred(3),
        [new Conv2dLayer("conv", 8, 3), new ReluLayer("relu"), new MaxPool2dLayer("pool", 2), new FlattenLayer("flatten"), new LinearLayer("fc", 3)]);

    /// <summary>PNG files of 20×16 pixels: mostly red, mostly green, mostly blue, with noise.</summary>
    private static List<ImageFile> DrawFiles(TemporaryFolder folder, int count)
    {
        var random = new Random(3);
        var files = new List<ImageFile>();
        for (var index = 0; index < count; index++)
        {
            using var bitmap = new SKBitmap(20, 16);
            for (var place = 0; place < 20 * 16; place++)
            {
                var channels = Enumerable.Range(0, 3).Select(channel => (byte)random.Next(channel == index % 3 ? 60 : 0, channel == index % 3 ? 256 : 196)).ToArray();
                bitmap.SetPixel(place % 20, place / 20, new SKColor(channels[0], channels[1], channels[2]));
            }

            using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
            File.WriteAllBytes(folder.File($"{index}.png"), data.ToArray());
            files.Add(new ImageFile { Path = $"{index}.png", Label = new[] { "red", "green", "blue" }[index % 3] });
        }

        return files;
    }

    private sealed class ImageFile
    {
        public string Path { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class ImageName
    {
        public string Name { get; set; } = "";
    }

    private sealed class ByteToy
    {
        [VectorType(64)]
        public byte[] Features { get; set; } = [];

        public string Label { get; set; } = "";
    }
}
