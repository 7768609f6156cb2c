using ConvScope.ML.Scoring;
using ConvScope.Networks;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;

namespace ConvScope.ML.Tests;

/// <summary>A model that was loaded scores through ONNX Runtime, as libtorch does, and needs no libtorch for it.</summary>
public sealed class ScoringEngineTests
{
    private readonly MLContext _context = new(1);

    private static IEnumerable<string> Kinds => ["multiclass", "binary", "regression"];

    [TestCaseSource(nameof(Kinds))]
    public void Score_OfALoadedModel_IsTheSameWithBothEngines(string kind)
    {
        using var model = Fit(kind, out var data);
        var loaded = (ConvNetTransformer)ConvNetTransformerTests.SaveAndLoad(_context, model, data.Schema, out _);
        loaded.Model.Scoring = ScoringEngine.OnnxRuntime;
        var scored = Numbers(loaded, data);
        loaded.Model.Scoring = ScoringEngine.LibTorch;
        var expected = Numbers(loaded, data);
        Assert.That(expected, Is.EqualTo(Numbers(model, data)), "libtorch gives what it gave before");
        foreach (var (values, others) in scored.Zip(expected))
        {
            for (var i = 0; i < values.Length; i++)
                Assert.That(values[i], Is.EqualTo(others[i]).Within(1e-5f * Math.Max(1, Math.Abs(others[i]))));
        }

        loaded.Dispose();
        Assert.That(() => Numbers(loaded, data), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Score_OnManyThreads_IsThatOfOne()
    {
        using var model = Fit("multiclass", out var data);
        using var loaded = (ConvNetTransformer)ConvNetTransformerTests.SaveAndLoad(_context, model, data.Schema, out _);
        var expected = Numbers(loaded, data);
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => Assert.That(Numbers(loaded, data), Is.EqualTo(expected)));
    }

    [Test]
    [Platform("Linux")]
    public void Score_InAFreshProcess_LoadsNoLibtorch()
    {
        using var folder = new TemporaryFolder();
        using var model = Fit("multiclass", out var data);
        _context.Model.Save(model, data.Schema, folder.File("model.zip"));
        File.WriteAllText(folder.File("rows.txt"), string.Join(' ', Enumerable.Range(0, 64)));
        var lines = FreshProcess.Run(typeof(ScoringEngineTests).Assembly.Location, folder.File("model.zip"), folder.File("rows.txt"), "libraries");
        Assert.That(lines, Has.Length.EqualTo(2));
        Assert.That(lines[1], Is.EqualTo("False True"), "libtorch, and ONNX Runtime");
    }

    [Test]
    public void Scoring_OfATrainedModel_IsLibtorchs()
    {
        using var model = Fit("multiclass", out var data);
        model.Model.Scoring = ScoringEngine.OnnxRuntime;
        Assert.That(() => Numbers(model, data), Throws.InvalidOperationException.With.Message.EqualTo("Network 'toy' is not scored by ONNX Runtime: it was not loaded from a model file, or lies on a GPU."));
    }

    [Test]
    public void Scoring_OfANetworkWithoutAFormInOnnx_IsLibtorchsAndSaidOnce()
    {
        var network = new NetworkSpec("odd", new Shape(1, 8, 8), Normalization.Centred(1),
            [new Conv2dLayer("conv", 4, 4), new AdaptiveAvgPool2dLayer("pool", 2), new FlattenLayer("flatten"), new LinearLayer("fc", 3)]); // 5x5 into 2x2
        var lines = new List<string>();
        _context.Log += (_, line) => lines.Add(line.RawMessage);
        using var model = Toy.Fit(_context, Toy.Options with { Network = network });
        using var folder = new TemporaryFolder();
        _context.Model.Save(model, Toy.View(_context).Schema, folder.File("model.zip"));
        using var loaded = (ConvNetTransformer)_context.Model.Load(folder.File("model.zip"), out _);
        Assert.That(Numbers(loaded, Toy.View(_context)), Is.EqualTo(Numbers(model, Toy.View(_context))));
        Assert.That(Numbers(loaded, Toy.View(_context)), Has.Length.EqualTo(45));
        Assert.That(lines, Has.Exactly(1).StartsWith("Network 'odd' is scored by libtorch: Layer 'pool' averages 4x5x5 to 2x2 by windows of different sizes, which ONNX does not know"));
        loaded.Model.Scoring = ScoringEngine.OnnxRuntime;
        Assert.That(() => Numbers(loaded, Toy.View(_context)), Throws.InvalidOperationException.With.Message.StartsWith("Network 'odd' is not scored by ONNX Runtime: Layer 'pool'"));
    }

    private ConvNetTransformer Fit(string kind, out IDataView data)
    {
        data = kind == "multiclass" ? Toy.View(_context) : ToySquare.View(_context, 40, seed: 2);
        return kind switch { "multiclass" => Toy.Fit(_context), "binary" => ToySquare.FitBinary(_context), _ => ToySquare.FitRegression(_context) };
    }

    private static float[][] Numbers(ConvNetTransformer model, IDataView data)
    {
        var scored = model.Transform(data);
        return scored.Schema["Score"].Type is VectorDataViewType ? [.. scored.GetColumn<float[]>("Score")] : [.. scored.GetColumn<float>("Score").Select(value => new[] { value })];
    }
}
