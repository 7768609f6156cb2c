using System.Text.Json;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Formats;
using ConvScope.Records.Files;

namespace ConvScope.Records.Tests.Checkpoints;

/// <summary>Files of PyTorch against PyTorch's own numbers.</summary>
public sealed class CheckpointTests
{
    [TestCase("lenet_zip.pth", CheckpointFormat.PyTorchZip)]
    [TestCase("lenet_legacy.pth", CheckpointFormat.PyTorchLegacy)]
    [TestCase("odd_tensors.pth", CheckpointFormat.PyTorchZip)]
    [TestCase("odd_tensors_legacy.pth", CheckpointFormat.PyTorchLegacy)]
    [TestCase("parameters.pth", CheckpointFormat.PyTorchZip)]
    public void Open_StateDictionary_GivesPyTorchsNumbers(string name, CheckpointFormat format)
    {
        using var checkpoint = Checkpoint.Open(PyTorchFixtures.File(name));
        Assert.That(checkpoint.Format, Is.EqualTo(format));
        AssertEqual(checkpoint.Tensors, PyTorchFixtures.Json("expected.json").GetProperty(name));
    }

    [Test]
    public void Open_TrainingCheckpoint_ReachesTheStateDictionaryByItself()
    {
        using var checkpoint = Checkpoint.Open(PyTorchFixtures.File("checkpoint.pth"));
        var expected = PyTorchFixtures.Json("expected.json").GetProperty("checkpoint.pth");
        AssertEqual(checkpoint.Tensors, expected.GetProperty("state_dict"));
        AssertEqual(checkpoint.StateDict("state_dict"), expected.GetProperty("state_dict"));
        var root = (IReadOnlyDictionary<object, object?>)checkpoint.Root!;
        Assert.That(root["epoch"], Is.EqualTo(expected.GetProperty("epoch").GetInt64()));
    }

    [Test]
    public void Open_DataParallel_TakesThePrefixOff()
    {
        using var checkpoint = Checkpoint.Open(PyTorchFixtures.File("dataparallel.pth"));
        AssertEqual(checkpoint.Tensors, PyTorchFixtures.Json("expected.json").GetProperty("dataparallel.pth").GetProperty("state_dict"), "module.");
    }

    [Test]
    public void StateDict_UnknownKey_ListsThoseThatAreThere()
    {
        using var checkpoint = Checkpoint.Open(PyTorchFixtures.File("checkpoint.pth"));
        Assert.That(() => checkpoint.StateDict("ema"), Throws.TypeOf<KeyNotFoundException>().With.Message.Contain("'ema'").And.Message.Contain("state_dict"));
    }

    [TestCase("truncated.pth", "cut off")]
    [TestCase("not_a_checkpoint.pth", "at byte 0")]
    public void Open_BadFile_IsRefusedWithFileAndOffset(string name, string reason) => Assert.That(
        () => Checkpoint.Open(PyTorchFixtures.File(name)),
        Throws.TypeOf<DamagedFileException>().With.Message.StartWith($"'{PyTorchFixtures.File(name)}' is not a readable checkpoint: at byte ").And.Message.Contain(reason));

    [Test]
    public void Open_HostileReduce_TellsTheCallAndMakesNone()
    {
        using var checkpoint = Checkpoint.Open(PyTorchFixtures.File("hostile_reduce.pth"));
        Assert.That(checkpoint.Calls.Select(call => call.Text), Is.EqualTo(new[] { "posix.system(\"touch /tmp/pwned\")" }));
        Assert.That(checkpoint.Tensors, Is.Empty);
        Assert.That(() => checkpoint.RefuseCalls(), Throws.TypeOf<DamagedFileException>().With.Message.Contain("would call posix.system(\"touch /tmp/pwned\")"));
        Assert.That(() => checkpoint.RefuseCalls(["posix.system"]), Throws.Nothing);
    }

    [Test]
    public void Open_WholeModule_GivesItsStateDictionary()
    {
        using var checkpoint = Checkpoint.Open(PyTorchFixtures.File("whole_module.pth"));
        Assert.That(checkpoint.Root, Is.TypeOf<InertObject>());
        Assert.That(checkpoint.Calls, Is.Empty);
        Assert.That(checkpoint.Tensors.Select(tensor => tensor.Name), Does.Contain("conv1.weight").And.Contain("fc2.bias"));
    }

    [Test]
    public void Open_Safetensors_GivesEveryTypeAndTheMetadata()
    {
        using var folder = new TemporaryFolder();
        byte[] data = [0x00, 0x3c, 0x80, 0x3f, 0xff, 1, 7, 0, 0, 0, 0, 0, 0, 0];
        var header = """{"__metadata__":{"format":"pt"},"half":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"brain":{"dtype":"BF16","shape":[],"data_offsets":[2,4]},"i8":{"dtype":"I8","shape":[1],"data_offsets":[4,5]},"b":{"dtype":"BOOL","shape":[1],"data_offsets":[5,6]},"i64":{"dtype":"I64","shape":[1],"data_offsets":[6,14]}}"""u8;
        File.WriteAllBytes(folder.File("f"), [.. BitConverter.GetBytes((long)header.Length), .. header, .. data]);
        using var checkpoint = Checkpoint.Open(folder.File("f"));
        Assert.That(checkpoint.Metadata["format"], Is.EqualTo("pt"));
        Assert.That(checkpoint.Tensors.Select(tensor => tensor.ReadFloats()[0]), Is.EqualTo(new[] { 1f, 1, -1, 1, 7 }));
        Assert.That(Safetensors.Read(folder.File("f")).Select(array => array.Values[0]), Is.EqualTo(new[] { 1f, 1, -1, 1, 7 }));
    }

    private static void AssertEqual(IReadOnlyList<StoredTensor> tensors, JsonElement expected, string prefix = "")
    {
        Assert.That(tensors.Select(tensor => tensor.Name), Is.EquivalentTo(expected.EnumerateObject().Select(property => property.Name[prefix.Length..])));
        foreach (var tensor in tensors)
        {
            var known = expected.GetProperty(prefix + tensor.Name);
            Assert.That(tensor.Type.TorchName(), Is.EqualTo(known.GetProperty("dtype").GetString()), tensor.Name);
            Assert.That(tensor.Shape, Is.EqualTo(Numbers(known, "shape")), tensor.Name);
            var values = tensor.ReadDoubles();
            var first = Numbers(known, "first");
            Assert.That(values.Take(first.Length), Is.EqualTo(first), tensor.Name);
            Assert.That(values.TakeLast(Numbers(known, "last").Length), Is.EqualTo(Numbers(known, "last")), tensor.Name);
            Assert.That(values.Sum(), Is.EqualTo(known.GetProperty("sum").GetDouble()).Within(1e-9), tensor.Name);
            if (tensor.Type is not ElementType.Float64)
                Assert.That(tensor.ReadFloats().Select(value => (double)value), Is.EqualTo(values), tensor.Name);
        }
    }

    private static double[] Numbers(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(number => number.GetDouble())];
}
