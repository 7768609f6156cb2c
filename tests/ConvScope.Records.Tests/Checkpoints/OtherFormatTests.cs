using System.IO.Compression;
using System.Text;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Formats;
using ConvScope.Records.Files;

namespace ConvScope.Records.Tests.Checkpoints;

/// <summary>Weights in several files, NumPy's arrays, TorchScript, names with prefixes, and files that are no checkpoints.</summary>
public sealed class OtherFormatTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Open_Index_GivesTheTensorsOfAllFilesInItsOrder()
    {
        Safetensors.Write(_folder.File("a"), [new("x", [1], [1]), new("left", [1], [9])]);
        Checkpoint.Write(_folder.File("b"), new Dictionary<string, object?> { ["y"] = StoredTensor.Of(new NamedArray("y", [2], [2, 3])) });
        File.WriteAllText(_folder.File("i"), """{"metadata":{"total_size":12},"weight_map":{"y":"b","x":"a"}}""");
        using var checkpoint = Checkpoint.Open(_folder.File("i"));
        Assert.That(checkpoint.Format, Is.EqualTo(CheckpointFormat.Sharded));
        Assert.That(checkpoint.Tensors.Select(tensor => $"{tensor} {tensor.ReadFloats()[0]}"), Is.EqualTo(new[] { "y float32 2 2", "x float32 1 1" }));
    }

    [TestCase("""{"weight_map":{"x":"missing"}}""", "the file 'missing' that it names is not beside it")]
    [TestCase("""{"weight_map":{"x":"../a"}}""", "which is no file beside the index")]
    [TestCase("""{"weight_map":{"z":"a"}}""", "the tensor 'z' is not in 'a'")]
    [TestCase("""{"weight_map":{"z":"i"}}""", "it is an index of weights itself")]
    [TestCase("""{"model_type":"bert"}""", "no index of weights")]
    [TestCase("{", "no index of weights")]
    public void Open_IndexThatDoesNotFit_SaysWhy(string json, string reason)
    {
        Safetensors.Write(_folder.File("a"), [new("x", [1], [1])]);
        File.WriteAllText(_folder.File("i"), json);
        Assert.That(() => Checkpoint.Open(_folder.File("i")), Throws.TypeOf<DamagedFileException>().With.Message.Contain(reason));
    }

    [Test]
    public void Open_NumpyArray_GivesItsValuesInBothOrders([Values] bool fortran)
    {
        File.WriteAllBytes(_folder.File("f.npy"), Npy("<f4", [2, 3], [.. Enumerable.Range(0, 6).SelectMany(value => BitConverter.GetBytes((float)value))], fortran));
        using var checkpoint = Checkpoint.Open(_folder.File("f.npy"));
        Assert.That(checkpoint.Format, Is.EqualTo(CheckpointFormat.NumpyArray));
        Assert.That(checkpoint.Tensors[0].ReadFloats(), Is.EqualTo(fortran ? new float[] { 0, 2, 4, 1, 3, 5 } : [0, 1, 2, 3, 4, 5]));
    }

    [Test]
    public void Open_NumpyArchive_InflatesItsArrays([Values(CompressionLevel.NoCompression, CompressionLevel.Optimal)] CompressionLevel level)
    {
        Archive(level, ("w.npy", Npy("<i2", [3], [1, 0, 2, 0, 255, 255])), ("o.npy", Npy("|O", [1], [1])));
        using var checkpoint = Checkpoint.Open(_folder.File("f"));
        Assert.That(checkpoint.Format, Is.EqualTo(CheckpointFormat.NumpyArchive));
        Assert.That(checkpoint.Tensors.Select(tensor => tensor.Name), Is.EqualTo(new[] { "w" }));
        Assert.That(checkpoint.Tensors[0].ReadFloats(), Is.EqualTo(new float[] { 1, 2, -1 }));
        Assert.That(checkpoint.LeftOut, Is.EqualTo(new[] { "o (|O): its elements are of a type that is not read" }));
    }

    [Test]
    public void Open_ArrayThatSaysMoreThanThereIs_IsRefused()
    {
        Archive(CompressionLevel.Optimal, ("w.npy", Npy("<f8", [1000000, 1000000], [1])));
        Assert.That(() => Checkpoint.Open(_folder.File("f")), Throws.TypeOf<DamagedFileException>().With.Message.Contain("should have 8000000000000 bytes"));
    }

    [Test]
    public void Open_TorchScript_GivesTheTensorsOfAllItsModules()
    {
        const string Tensor = "ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI1\ntQI0\n(I1\nt(I1\ntI00\nNtR";
        var pickle = $"c__torch__\nNet\n)\u0081}}(S'training'\nI01\nS'fc'\nc__torch__.torch.nn\nLinear\n)\u0081}}(S'weight'\n{Tensor}ubub.";
        Archive(CompressionLevel.NoCompression, ("net/data.pkl", Encoding.Latin1.GetBytes(pickle)), ("net/data/0", BitConverter.GetBytes(2.5f)), ("net/code/__torch__.py", "code"u8.ToArray()), ("net/constants.pkl", [(byte)'.']));
        using var checkpoint = Checkpoint.Open(_folder.File("f"));
        Assert.That(checkpoint.Tensors.Select(tensor => $"{tensor} {tensor.ReadFloats()[0]}"), Is.EqualTo(new[] { "fc.weight float32 1 2.5" }));
        Assert.That(checkpoint.Calls, Is.Empty);
    }

    [TestCase("\u0089HDF\r\n\u001a\n", "HDF5")]
    [TestCase("GGUF\u0003\0\0\0", "GGUF")]
    [TestCase("<!DOCTYPE html><html>", "web page")]
    [TestCase("version https://git-lfs.github.com/spec/v1\noid sha256:1", "git lfs pull")]
    [TestCase("", "the file is empty")]
    [TestCase("hello, world", "neither a PyTorch file nor safetensors")]
    public void Open_AnotherKindOfFile_SaysWhatItIs(string content, string reason)
    {
        File.WriteAllBytes(_folder.File("f"), Encoding.Latin1.GetBytes(content));
        Assert.That(() => Checkpoint.Open(_folder.File("f")), Throws.TypeOf<DamagedFileException>().With.Message.Contain(reason));
    }

    [TestCase("model.")]
    [TestCase("model.backbone.")]
    [TestCase("ema.module.")]
    [TestCase("")]
    public void Match_PrefixThatANetworkHasNot_IsTakenOff(string prefix)
    {
        var tensors = new[] { "fc.weight", "fc.bias" }.Select(name => StoredTensor.Of(new NamedArray(prefix + name, [1], [0]))).ToList();
        if (prefix.Length > 0)
            tensors.Add(StoredTensor.Of(new NamedArray("loss.weight", [1], [0])));
        Assert.That(WeightNames.Match(tensors, ["fc.weight", "fc.bias"], out var taken).Select(tensor => tensor.Name), Is.EqualTo(new[] { "fc.weight", "fc.bias" }));
        Assert.That(taken, Is.EqualTo(prefix));
    }

    private void Archive(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        using var archive = ZipFile.Open(_folder.File("f"), ZipArchiveMode.Create);
        foreach (var (name, content) in entries)
        {
            using var entry = archive.CreateEntry(name, level).Open();
            entry.Write(content);
        }
    }

    private static byte[] Npy(string type, long[] shape, byte[] values, bool fortran = false)
    {
        var header = $"{{'descr': '{type}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': ({string.Join(", ", shape)}{(shape.Length == 1 ? "," : "")}), }}".PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. values];
    }
}
