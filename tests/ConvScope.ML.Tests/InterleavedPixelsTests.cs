using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ConvScope.ML.Tests;

/// <summary>Pixels whose channels stand together are turned, in training and in predictions; axes in another order are refused.</summary>
public sealed class InterleavedPixelsTests
{
    private static readonly NetworkSpec _network = new("coloured", new Shape(3, 6, 5), Normalization.Centred(3),
    [
        new Conv2dLayer("conv", 4, 3) { Padding = 1 }, new BatchNorm2dLayer("norm"), new Relu6Layer("relu"), new Conv2dLayer("again", 4, 3) { Padding = 1 }, new AddLayer("add", ["relu"]),
        new FlattenLayer("flatten"), new LinearLayer("fc", 2),
    ]);

    private static readonly ConvNetOptions _options = new() { Network = _network, Training = new TrainingOptions { Epochs = 3, BatchSize = 8, LearningRate = 0.05 } };
    private readonly MLContext _context = new(1);

    [Test]
    public void Fit_ChannelsLast_IsTheSameAsChannelsFirst([Values] bool isByte)
    {
        using var first = Fit([3, 6, 5], isByte, out var scores);
        using var last = Fit([6, 5, 3], isByte, out var turned);
        Assert.That(last.Training!.Epochs.Select(epoch => epoch.TrainLoss), Is.EqualTo(first.Training!.Epochs.Select(epoch => epoch.TrainLoss)));
        Assert.That(turned, Is.EqualTo(scores), "the model is given each row in the order in which it comes");
    }

    [Test]
    public void ConvertToOnnx_ChannelsFirstOrLast_GivesTheModelsScores([Values] bool isByte, [Values] bool isLast)
    {
        using var folder = new TemporaryFolder();
        using var model = Fit(isLast ? [6, 5, 3] : [3, 6, 5], isByte, out var scores, out var view);
        using (var stream = File.Create(folder.File("model.onnx")))
            _context.Model.ConvertToOnnx(model, view, stream);
        var converted = _context.Transforms.ApplyOnnxModel(["Score.output"], ["Features", "Label"], folder.File("model.onnx"), gpuDeviceId: null).Fit(view).Transform(view).GetColumn<float[]>("Score").ToArray();
        for (var row = 0; row < scores.Length; row++)
            Assert.That(converted[row], Is.EqualTo(scores[row]).Within(1e-5f));
    }

    [TestCase(new[] { 5, 6, 3 })]
    [TestCase(new[] { 3, 5, 6 })]
    public void Fit_AxesInAnotherOrder_AreRefused(int[] axes) => Assert.That(() => Fit(axes, false, out _), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contain(
        $"has the axes {string.Join('x', axes)}; the network takes 3 channels of 6x5, channels first (3x6x5) or last (6x5x3)."));

    private ConvNetTransformer Fit(int[] axes, bool isByte, out float[][] scores) => Fit(axes, isByte, out scores, out _);

    private ConvNetTransformer Fit(int[] axes, bool isByte, out float[][] scores, out IDataView view)
    {
        var random = new Random(4);
        var data = Enumerable.Range(0, 24).Select(index =>
        {
            var pixels = Enumerable.Range(0, 90).Select(_ => (byte)random.Next(256)).ToArray(); // channels first
            if (index % 2 == 0)
                pixels.AsSpan(30, 30).Clear(); // no green
            return (Pixels: axes is [6, 5, 3] ? [.. Enumerable.Range(0, 90).Select(place => pixels[place % 3 * 30 + place / 3])] : pixels, Label: (uint)(index % 2));
        }).ToList();
        var schema = SchemaDefinition.Create(isByte ? typeof(Bytes) : typeof(Floats));
        schema["Features"].ColumnType = new VectorDataViewType(isByte ? NumberDataViewType.Byte : NumberDataViewType.Single, axes);
        view = isByte
            ? _context.Data.LoadFromEnumerable(data.Select(row => new Bytes { Features = row.Pixels, Label = row.Label }), schema)
            : _context.Data.LoadFromEnumerable(data.Select(row => new Floats { Features = [.. row.Pixels.Select(pixel => (float)pixel)], Label = row.Label }), schema);
        var model = _context.MulticlassClassification.Trainers.ConvNet(_options).Fit(view);
        scores = [.. model.Transform(view).GetColumn<float[]>("Score")];
        return model;
    }

    private sealed class Bytes
    {
        public byte[] Features { get; set; } = [];

        [KeyType(2)]
        public uint Label { get; set; }
    }

    private sealed class Floats
    {
        public float[] Features { get; set; } = [];

        [KeyType(2)]
        public uint Label { get; set; }
    }
}
