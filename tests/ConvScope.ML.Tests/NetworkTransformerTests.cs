using ConvScope.Attribution;
using ConvScope.ML.Scoring;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.ML.Tests;

/// <summary>Features and attribution as ML.NET transforms: the invariants of a transformer, and what is in the columns.</summary>
public sealed class NetworkTransformerTests
{
    private static readonly string[] _kinds = ["features", "maps", "gradcam", "occlusion"];

    private MLContext _context = null!;
    private ConvNetTransformer _scorer = null!;
    private IDataView _data = null!;

    [OneTimeSetUp]
    public void TrainOnce()
    {
        _context = new MLContext(1);
        _data = Toy.View(_context, 150, seed: 2, sparse: true);
        _scorer = Toy.Fit(_context);
    }

    [OneTimeTearDown]
    public void Dispose() => _scorer.Dispose();

    [TestCaseSource(nameof(_kinds))]
    public void Schema_OnEveryWay_IsTheSameAndAsPromised(string kind)
    {
        var transformer = Fit(kind);
        using var loaded = (IDisposable)Load(transformer);
        var expected = transformer.Transform(_data).Schema;
        foreach (var one in new ITransformer[] { transformer, (ITransformer)loaded })
        {
            Views.AssertSameSchema(one.GetOutputSchema(_data.Schema), expected);
            Views.AssertSameSchema(one.Transform(_data).Schema, expected);
            var mapper = one.GetRowToRowMapper(_data.Schema);
            Assert.That(mapper.InputSchema, Is.SameAs(_data.Schema));
            Views.AssertSameSchema(mapper.OutputSchema, expected);
        }

        Views.AssertPromise(Estimator(kind).GetOutputSchema(Views.Shape(_data.Schema)), expected);
    }

    [TestCaseSource(nameof(_kinds))]
    public void Values_OfOriginalAndLoaded_AreTheSameWhicheverColumnsAreActive(string kind)
    {
        var transformer = Fit(kind);
        using var loaded = (IDisposable)Load(transformer);
        IDataView original = transformer.Transform(_data), again = ((ITransformer)loaded).Transform(_data);
        var all = Views.Read(original, _ => true);
        Views.AssertSameValues(Views.Read(again, _ => true), all, "all columns");
        Views.AssertSameValues(Views.Read(again, column => column.Index == all[0].Length - 1), all.ConvertAll(row => row[^1..]), "the added column alone");
    }

    [TestCaseSource(nameof(_kinds))]
    public void Values_OfAPredictionEngine_AreThoseOfTheView(string kind)
    {
        var transformer = Fit(kind);
        var expected = Views.Read(transformer.Transform(_data), column => column.Name == "Added");
        using var engine = _context.Model.CreatePredictionEngine<ToyInput, Output>(transformer);
        foreach (var (row, input) in ToyInput.From(Toy.Rows(150, seed: 2)).Index())
            Assert.That(engine.Predict(input).Added, Is.EqualTo((float[])expected[row][0]!).Within(1e-4f));
    }

    [Test]
    public void Features_OfALayer_AreItsOutputsWithSlotNames()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var view = Fit("maps").Transform(_data);
        var rows = Views.Read(view, column => column.Name is "Features" or "Added");
        var images = tensor(rows.SelectMany(row => (float[])row[0]!).ToArray(), [150, 1, 8, 8]);
        var network = _scorer.Model.Module.named_children().ToDictionary(child => child.name, child => (nn.Module<Tensor, Tensor>)child.module);
        var expected = network["conv"].call(images.div(255).sub(0.5).div(0.5)); // [N, 6, 6, 6]
        Assert.That(rows.SelectMany(row => (float[])row[1]!).ToArray(), Is.EqualTo(expected.data<float>().ToArray()).Within(1e-4f));

        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema["Added"].GetSlotNames(ref names);
        Assert.That(view.Schema["Added"].Type, Is.EqualTo(new VectorDataViewType(NumberDataViewType.Single, 6, 6, 6)));
        Assert.That(names.DenseValues().Select(name => name.ToString()).Where((_, slot) => slot is 0 or 1 or 6 or 36 or 215), Is.EqualTo(new[] { "conv[0,0,0]", "conv[0,0,1]", "conv[0,1,0]", "conv[1,0,0]", "conv[5,5,5]" }));
    }

    [Test]
    public void Features_OfAnEarlyLayer_DoNotRunTheLaterOnes()
    {
        var calls = 0;
        var last = (nn.Module<Tensor, Tensor>)_scorer.Model.Module.named_children().Single(child => child.name == "fc").module;
        var hook = last.register_forward_hook((_, _, output) =>
        {
            calls++;
            return output;
        });
        Views.Read(Fit("maps").Transform(_data), _ => true);
        hook.remove();
        Assert.That(calls, Is.Zero);
    }

    [Test]
    public void Attribution_OfAClass_IsThatOfTheMethod()
    {
        var estimator = _context.Transforms.ConvNetAttribution(_scorer.Model, new IntegratedGradients { Baseline = 3 }, AttributionTarget.Class(2), "Added");
        var rows = Views.Read(estimator.Fit(_data).Transform(_data), column => column.Name is "Features" or "Added");
        using var scope = NewDisposeScope();
        var images = tensor(rows.SelectMany(row => (float[])row[0]!).ToArray(), [150, 1, 8, 8]);
        var expected = new IntegratedGradients { Baseline = 3 }.Attribute(_scorer.Model.Module, images, full([150], 2, ScalarType.Int64)).data<float>().ToArray();
        Assert.That(rows.SelectMany(row => (float[])row[1]!).ToArray(), Is.EqualTo(expected).Within(1e-4f));
    }

    [Test]
    public void Pipeline_FeaturesBehindAClassicalTrainer_TrainsSavesAndLoads()
    {
        var pipeline = _context.Transforms.ConvNetFeatures(_scorer.Model, "flatten").Append(_context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(featureColumnName: "Embedding"));
        var model = pipeline.Fit(_data);
        using var loaded = (IDisposable)Load(model);
        var scored = ((ITransformer)loaded).Transform(_data);
        Assert.That(_context.MulticlassClassification.Evaluate(scored).MicroAccuracy, Is.GreaterThan(0.95));
        Views.AssertSameValues(Views.Read(scored, column => column.Name == "Score"), Views.Read(model.Transform(_data), column => column.Name == "Score"), "loaded");
    }

    [Test]
    public void Dispose_OfWhatWasMadeFromAModel_LeavesTheModel()
    {
        var transformer = (ConvNetFeaturesTransformer)Fit("features");
        transformer.Dispose();
        Assert.That(transformer.OwnsModel, Is.False);
        Assert.DoesNotThrow(() => Views.Read(_scorer.Transform(_data), _ => true));
        var loaded = (ConvNetFeaturesTransformer)Load(transformer);
        Assert.That(loaded.OwnsModel, Is.True);
        loaded.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Views.Read(loaded.Transform(_data), _ => true));
    }

    [Test]
    public void Load_Settings_AreTheSaved()
    {
        var method = new GradCamPlusPlus { Layer = "conv" };
        var transformer = _context.Transforms.ConvNetAttribution(_scorer.Model, method, AttributionTarget.Class(1), "Heat").Fit(_data);
        using var loaded = (ConvNetAttributionTransformer)Load(transformer);
        Assert.That((loaded.Method, loaded.Target, loaded.OutputColumnName, loaded.FeatureColumnName), Is.EqualTo((method, AttributionTarget.Class(1), "Heat", "Features")));
        Assert.That(loaded.Model.ClassNames, Is.EqualTo(Toy.Names));
    }

    [Test]
    public void Catalog_BadSettings_AreNamed()
    {
        var model = _scorer.Model;
        Assert.That(() => _context.Transforms.ConvNetFeatures(model, "fc9"), Throws.TypeOf<NetworkException>().With.Message.EqualTo("Network 'toy' has no layer 'fc9'; it has 'conv', 'relu', 'pool', 'flatten', 'fc'."));
        Assert.That(() => _context.Transforms.ConvNetAttribution(model, new GradCam { Layer = "fc" }), Throws.TypeOf<NetworkException>().With.Message.Contains("needs maps"));
        Assert.That(() => _context.Transforms.ConvNetAttribution(model, new Occlusion { Window = 9 }), Throws.ArgumentException.With.Message.Contains("9 pixels"));
        Assert.That(() => _context.Transforms.ConvNetAttribution(model, new GradCam(), AttributionTarget.Class(3)), Throws.InstanceOf<ArgumentException>().With.Message.Contains("no class 3"));
        var missing = _context.Data.LoadFromEnumerable(new[] { new Toy.Key() });
        Assert.Throws<ArgumentOutOfRangeException>(() => Estimator("features").Fit(missing));
        Assert.Throws<ArgumentOutOfRangeException>(() => Estimator("features").GetOutputSchema(Views.Shape(missing.Schema)));
    }

    [Test]
    public void FromCheckpoint_WeightsOfAModel_PredictsTheSame()
    {
        using var folder = new TemporaryFolder();
        Checkpoint.Write(folder.File("toy.pth"), ModuleWeights.Read(_scorer.Model.Module).ToDictionary(tensor => tensor.Name, tensor => (object?)tensor));
        using var model = ConvNetModel.FromCheckpoint(Toy.Network, folder.File("toy.pth"), Toy.Names);
        var expected = Views.Read(Fit("features").Transform(_data), column => column.Name == "Added");
        Views.AssertSameValues(Views.Read(_context.Transforms.ConvNetFeatures(model, "fc", "Added").Fit(_data).Transform(_data), column => column.Name == "Added"), expected, "from a checkpoint");
        Assert.That(model.ClassNames, Is.EqualTo(Toy.Names));
        Assert.That(() => ConvNetModel.FromCheckpoint(Toy.Network, folder.File("toy.pth"), ["one"]), Throws.ArgumentException.With.Message.Contains("3 classes"));
        Assert.That(() => ConvNetModel.FromCheckpoint(LeNet5.Create(), folder.File("toy.pth")), Throws.TypeOf<InvalidDataException>());
    }

    private IEstimator<NetworkTransformer> Estimator(string kind) => kind switch
    {
        "features" => _context.Transforms.ConvNetFeatures(_scorer.Model, "fc", "Added"),
        "maps" => _context.Transforms.ConvNetFeatures(_scorer.Model, "conv", "Added"),
        "gradcam" => _context.Transforms.ConvNetAttribution(_scorer.Model, new GradCam(), outputColumnName: "Added"),
        _ => _context.Transforms.ConvNetAttribution(_scorer.Model, new Occlusion { Window = 3 }, AttributionTarget.Class(1), "Added"),
    };

    private NetworkTransformer Fit(string kind) => Estimator(kind).Fit(_data);

    private ITransformer Load(ITransformer transformer) => ConvNetTransformerTests.SaveAndLoad(_context, transformer, _data.Schema, out _);

    internal sealed class Output
    {
        public float[] Added { get; set; } = [];
    }
}
