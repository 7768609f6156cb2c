using System.Reflection;
using ConvScope.ML.Scoring;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static TorchSharp.torch;

namespace ConvScope.ML.Tests;

/// <summary>Weights out of ONNX files: our own, and the real ResNet-18 that a package of ML.NET carries.</summary>
public sealed class OnnxWeightsTests
{
    private static readonly string _real = typeof(OnnxWeightsTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RealOnnx").Value!;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase("lenet5", 28)]
    [TestCase("squeezenet1_1", 64)]
    [TestCase("mobilenet_v2", 64)]
    [TestCase("densenet121", 64)]
    [TestCase("resnet18", 64)]
    [TestCase("resnet50", 64)]
    public void WeightsFor_OurOwnExport_AreTheWeightsToTheBit(string name, int side)
    {
        var network = NetworkZoo.Create(name, 4, new Shape(name == "lenet5" ? 1 : 3, side, side));
        using var module = network.CreateModule(seed: 2);
        using var model = ConvNetModel(network, module);
        model.ExportOnnx(_folder.File("model.onnx"));
        using var checkpoint = Checkpoint.Open(_folder.File("model.onnx"));
        Assert.That(checkpoint.Format, Is.EqualTo(CheckpointFormat.Onnx));
        Assert.That(checkpoint.WeightsFor(network).Select(Text), Is.EquivalentTo(ModuleWeights.Read(module).Where(tensor => !tensor.Name.EndsWith("tracked", StringComparison.Ordinal)).Select(Text)));
        using var again = Scoring.ConvNetModel.FromCheckpoint(network, _folder.File("model.onnx"));
        Assert.That(ModuleWeights.Read(again.Module).Where(tensor => !tensor.Name.EndsWith("tracked", StringComparison.Ordinal)).Select(Text), Is.EquivalentTo(checkpoint.WeightsFor(network).Select(Text)));
    }

    [Test]
    public void WeightsFor_RealResNet18_AreAllOfItsTensorsAndGiveItsFeatures()
    {
        if (!File.Exists(_real))
            Assert.Ignore("The package Microsoft.ML.DnnImageFeaturizer.ResNet18 is not in the package cache.");
        using var checkpoint = Checkpoint.Open(_real);
        var network = NetworkZoo.Create("resnet18_featurizer", 10);
        var weights = checkpoint.WeightsFor(network);
        Assert.That(weights, Has.Count.EqualTo(110));
        Assert.That(weights.Select(tensor => tensor.Name), Is.EquivalentTo(NetworkTensor.Of(network).Where(tensor => !tensor.IsCounter && !tensor.Name.StartsWith("fc.", StringComparison.Ordinal)).Select(tensor => tensor.Name)));

        var features = new NetworkSpec("features", network.Input, new Normalization(1, [0, 0, 0], [1, 1, 1]), [.. network.Layers.SkipLast(1)]);
        using var module = features.CreateModule(seed: 1);
        Assert.That(ModuleWeights.Load(module, weights, strict: false).Loaded, Has.Count.EqualTo(110));
        module.eval();
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var images = rand([1, 3, 224, 224], generator: new Generator(5)).mul_(255).sub_(117);
        using var session = new InferenceSession(_real);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("Input247", new DenseTensor<float>(images.data<float>().ToArray(), [1, 3, 224, 224]))]);
        var (ours, theirs) = (module.call(images).data<float>().ToArray(), results[0].AsEnumerable<float>().ToArray());
        TestContext.Out.WriteLine($"largest difference {ours.Zip(theirs, (one, other) => Math.Abs(one - other)).Max():E1} at features up to {theirs.Max():F2}");
        Assert.That(theirs.Max(), Is.GreaterThan(1), "features that say something");
        Assert.That(ours, Is.EqualTo(theirs).Within(1e-4f));
    }

    [Test]
    public void WeightsFor_AnotherNetwork_LeavesOverWhatIsNotFound()
    {
        var network = NetworkZoo.Create("resnet18", 4, new Shape(3, 64, 64));
        using var module = network.CreateModule(seed: 2);
        using var model = ConvNetModel(network, module);
        model.ExportOnnx(_folder.File("model.onnx"));
        var lines = Assert.Throws<InvalidDataException>(() => Scoring.ConvNetModel.FromCheckpoint(NetworkZoo.Create("resnet34", 4, new Shape(3, 64, 64)), _folder.File("model.onnx")).Dispose())!.Message;
        Assert.That(lines, Does.Contain("the weights lack 'layer1.2.conv1.weight'").And.Contain("They fit 'resnet18' of the network zoo with 4 outputs."));
    }

    [Test]
    public void Fit_InitialWeightsOfOnnxWithColoursTurned_TurnsTheFirstLayer()
    {
        if (!File.Exists(_real))
            Assert.Ignore("The package Microsoft.ML.DnnImageFeaturizer.ResNet18 is not in the package cache.");
        var network = NetworkZoo.Create("resnet18_featurizer", 3, new Shape(3, 32, 32));
        var context = new MLContext(1);
        var data = context.Data.LoadFromEnumerable(Enumerable.Range(0, 6).Select(index => new Picture { Label = index % 3 == 0 ? "a" : index % 3 == 1 ? "b" : "c", Features = [.. Enumerable.Repeat(index * 40f, 3 * 32 * 32)] }));
        var options = new ConvNetOptions { Network = network, InitialWeights = _real, WeightsTakeBgr = true, FreezeUntil = "layer4", Training = new Training.TrainingOptions { Epochs = 1, BatchSize = 3 } };
        using var model = context.Transforms.Conversion.MapValueToKey("Label").Append(context.MulticlassClassification.Trainers.ConvNet(options)).Fit(data);
        using var checkpoint = Checkpoint.Open(_real);
        var (given, taken) = (checkpoint.WeightsFor(network)[0].ReadFloats(), ModuleWeights.Read(model.LastTransformer.Model.Module)[0].ReadFloats());
        Assert.That(taken[..49], Is.EqualTo(given[98..147]), "blue");
        Assert.That(taken[49..98], Is.EqualTo(given[49..98]), "green");
        Assert.That(taken[98..147], Is.EqualTo(given[..49]), "red");
    }

    private static ConvNetModel ConvNetModel(NetworkSpec network, TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor> module) => new(network, module, CPU, Labels.ClassLabels.Create([.. Enumerable.Range(0, network.Outputs).Select(index => $"{index}")]));

    private static string Text(StoredTensor tensor) => $"{tensor} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(tensor.ReadBytes()))}";

    private sealed class Picture
    {
        public string Label { get; set; } = "";

        [VectorType(3, 32, 32)]
        public float[] Features { get; set; } = [];
    }
}
