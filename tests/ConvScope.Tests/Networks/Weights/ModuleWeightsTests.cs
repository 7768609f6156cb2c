using ConvScope.Records.Tests.Checkpoints;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Bytes;
using ConvScope.Records.Networks;
using static TorchSharp.torch;

namespace ConvScope.Tests.Networks.Weights;

public sealed class ModuleWeightsTests
{
    [Test]
    public void Load_WeightsOfPyTorch_GivesItsForwardPass()
    {
        var expected = PyTorchFixtures.Json("forward.json").GetProperty("softmax").EnumerateArray().SelectMany(row => row.EnumerateArray().Select(value => value.GetDouble())).ToArray();
        var spec = new NetworkSpec("LeNet-5", new Shape(1, 28, 28), new Normalization(1, [0], [1]), LeNet5.Create().Layers);
        using var module = spec.CreateModule(seed: 1);
        using var checkpoint = Checkpoint.Open(PyTorchFixtures.File("checkpoint.pth"));
        var loaded = ModuleWeights.Load(module, checkpoint.Tensors);
        Assert.That((loaded.Loaded.Count, loaded.Missing.Count, loaded.Unexpected.Count), Is.EqualTo((10, 0, 0)));
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        module.eval();
        var softmax = module.call(linspace(-1, 1, 2 * 784).reshape(2, 1, 28, 28)).softmax(1);
        Assert.That(ToyTraining.Values(softmax), Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void Load_NotStrict_LoadsTheRestAndListsWhatIsNotThere()
    {
        using var module = LeNet5.Create().CreateModule(seed: 1);
        using var checkpoint = Checkpoint.Open(PyTorchFixtures.File("checkpoint.pth"));
        var part = checkpoint.Tensors.Skip(2).Append(checkpoint.Tensors[0].Named("other")).ToList();
        Assert.That(() => ModuleWeights.Load(module, part), Throws.TypeOf<InvalidDataException>()
            .With.Message.EqualTo("The weights do not fit the network: the weights lack 'conv1.weight', 'conv1.bias'; the network does not know 'other'."));
        var loaded = ModuleWeights.Load(module, part, strict: false);
        Assert.That(loaded.Missing, Is.EqualTo(new[] { "conv1.weight", "conv1.bias" }));
        Assert.That(loaded.Unexpected, Is.EqualTo(new[] { "other" }));
        Assert.That(ModuleWeights.Read(module)[9].ReadFloats(), Is.EqualTo(checkpoint.Tensors[9].ReadFloats()));
    }

    [Test]
    public void Load_OtherShape_NamesBothAndChangesNothing([Values] bool strict)
    {
        using var module = LeNet5.Create(classes: 7).CreateModule(seed: 1);
        var before = ParameterBits.Of(module);
        using var checkpoint = Checkpoint.Open(PyTorchFixtures.File("checkpoint.pth"));
        Assert.That(() => ModuleWeights.Load(module, checkpoint.Tensors, strict),
            Throws.TypeOf<InvalidDataException>().With.Message.Contain("'fc2.weight' has shape 7x84 in the network and 10x84 in the weights; 'fc2.bias' has shape 7"));
        Assert.That(ParameterBits.Of(module), Is.EqualTo(before));
    }

    [Test]
    public void Open_FileOfTorchvisionsDenseNet_GivesTheNamesOfToday()
    {
        using var folder = new TemporaryFolder();
        var old = new NamedArray("features.denseblock1.denselayer2.norm.1.weight", [1], [1]);
        Checkpoint.Write(folder.File("f"), new Dictionary<string, object?> { [old.Name] = StoredTensor.Of(old) });
        using var checkpoint = Checkpoint.Open(folder.File("f"));
        Assert.That(checkpoint.Tensors[0].Name, Is.EqualTo("features.denseblock1.denselayer2.norm1.weight"));
    }

    [Test]
    public void Load_HalfPrecision_Converts()
    {
        using var linear = nn.Linear(2, 1);
        using var folder = new TemporaryFolder();
        ModuleWeights.Load(linear, [StoredTensor.Of("weight", ElementType.Float16, [1, 2], new MemoryBytes(new byte[] { 0x00, 0x3c, 0x00, 0xc0 })), StoredTensor.Of(new NamedArray("bias", [1], [3]))]);
        Assert.That(ModuleWeights.Read(linear).SelectMany(tensor => tensor.ReadFloats()), Is.EqualTo(new[] { 1f, -2, 3 }));
    }
}
