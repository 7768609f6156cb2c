using ConvScope.Records.Networks.Tasks;
using ConvScope.Training;
using Microsoft.ML.Transforms;
using SkiaSharp;

namespace ConvScope.ML.Tests;

/// <summary>Rows with the toy images as bytes, floats and paths, and a context that trains on one of them.</summary>
internal sealed class MlNetRig : IDisposable
{
    public static readonly string[] Kinds = ["Bytes", "Floats", "Paths"];

    /// <summary>The toy network for pixels between 0 and 1.</summary>
    public static readonly Records.Networks.NetworkSpec Unscaled = new("toy", Toy.Network.Input, new Records.Networks.Normalization(1, [0.5], [0.5]), Toy.Network.Layers);

    private readonly List<IDisposable> _models = [];

    public MlNetRig(string kind)
    {
        Kind = kind;
        Rows = [.. Toy.Rows(60).Select((toy, index) => Row(toy, index))];
        View = Context.Data.LoadFromEnumerable(Rows);
    }

    public MLContext Context { get; } = new(1);

    public string Kind { get; }

    public TemporaryFolder Folder { get; } = new();

    public IReadOnlyList<MlNetRow> Rows { get; }

    public IDataView View { get; }

    public ValueToKeyMappingEstimator Keys => Context.Transforms.Conversion.MapValueToKey("Label");

    public ConvNetOptions Options => Toy.Options with { FeatureColumnName = Kind, Training = Toy.Options.Training with { Epochs = 6 } };

    public EstimatorChain<ConvNetTransformer> Chain => Keys.Append(Trainer);

    public ConvNetTrainer Trainer => Context.MulticlassClassification.Trainers.ConvNet(Options);

    public ConvNetTrainer Binary => Context.BinaryClassification.Trainers.ConvNet(Options with { LabelColumnName = "IsBox", Network = One(new BinaryTask()) });

    public ConvNetTrainer Regression => Context.Regression.Trainers.ConvNet(Options with { LabelColumnName = "Number", Network = One(new RegressionTask(1, 1)) });

    /// <summary>Trains, and disposes what came of it at the end.</summary>
    public T Fit<T>(IEstimator<T> estimator, IDataView? view = null)
        where T : class, ITransformer
    {
        var model = estimator.Fit(view ?? View);
        _models.Add((IDisposable)model);
        return model;
    }

    /// <summary>The pipeline around a network, trained.</summary>
    public TransformerChain<ConvNetTransformer> Model() => Fit(Chain);

    /// <summary>Checks that most rows of a view of scores are told right.</summary>
    public void AssertTold(IDataView scored, double least = 0.8) => Assert.That(Context.MulticlassClassification.Evaluate(scored).MicroAccuracy, Is.GreaterThan(least));

    public void Dispose()
    {
        _models.ForEach(model => model.Dispose());
        Folder.Dispose();
    }

    private static Records.Networks.NetworkSpec One(LearningTask task) => new Records.Networks.NetworkSpec(
        "toy", Toy.Network.Input, Toy.Network.Normalization, [.. Toy.Network.Layers.SkipLast(1), new Records.Networks.Layers.LinearLayer("fc", 1)]).For(task);

    private MlNetRow Row(Toy toy, int index)
    {
        float[] pixels = [.. toy.Features.DenseValues()];
        byte[] bytes = [.. pixels.Select(pixel => (byte)pixel)];
        var path = Folder.File($"{index}.png");
        File.WriteAllBytes(path, PictureFiles.Encode(8, 8, (x, y) => new SKColor(bytes[y * 8 + x], bytes[y * 8 + x], bytes[y * 8 + x])));
        return new MlNetRow { Bytes = bytes, Floats = pixels, Paths = path, Label = toy.Label, IsBox = toy.Label == "box", Number = index % 3, Part = $"part {index % 20}", Weight = 1 + index % 2 };
    }
}
