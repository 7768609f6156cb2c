using System.IO.Compression;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Bytes;
using ConvScope.Records.Checkpoints.Formats;
using ConvScope.Records.Files;

namespace ConvScope.Records.Tests.Checkpoints;

/// <summary>TorchSharp's own files, which begin with no magic number.</summary>
public sealed class TorchSharpFileTests
{
    /// <summary>What <c>save</c> writes for a module with a linear layer <c>l</c> of 2 by 2 in bfloat16.</summary>
    private static readonly byte[] _linear = [2, 8, .. "l.weight"u8, 0x0f, 2, 2, 2, 0x80, 0x3f, 0, 0x40, 0x40, 0x40, 0x80, 0x40, 6, .. "l.bias"u8, 0x0f, 1, 2, 0, 0, 0x80, 0xbf];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Open_FileOfModuleSave_GivesItsTensors()
    {
        File.WriteAllBytes(_folder.File("f"), _linear);
        using var checkpoint = Checkpoint.Open(_folder.File("f"));
        Assert.That(checkpoint.Format, Is.EqualTo(CheckpointFormat.TorchSharp));
        Assert.That(checkpoint.Tensors.Select(tensor => $"{tensor}: {string.Join(' ', tensor.ReadFloats())}"), Is.EqualTo(new[] { "l.weight bfloat16 2x2: 1 2 3 4", "l.bias bfloat16 2: 0 -1" }));
    }

    [Test]
    public void Write_SameTensors_GivesTheSameBytes()
    {
        File.WriteAllBytes(_folder.File("f"), _linear);
        using var checkpoint = Checkpoint.Open(_folder.File("f"));
        TorchSharpFile.Write(_folder.File("g"), checkpoint.Tensors);
        Assert.That(File.ReadAllBytes(_folder.File("g")), Is.EqualTo(_linear));
    }

    [TestCase(80, 75)] // begins with PK
    [TestCase(128, 2)] // begins with 80 01, as a pickle does with 80 02
    [TestCase(256, 5)] // begins with 80 02
    [TestCase(147, 78)] // begins as an array of NumPy does
    [TestCase(123, 34)] // begins with a brace
    [TestCase(8, 7)] // begins as ONNX does
    [TestCase(0, 1)]
    public void Open_AnyNumberOfTensors_IsReadAsSuch(int count, int nameLength)
    {
        TorchSharpFile.Write(_folder.File("f"), [.. Enumerable.Range(0, count).Select(index => Tensor($"{index:D3}".PadLeft(nameLength, 'p')[^Math.Max(nameLength, 3)..], [index % 3]))]);
        using var checkpoint = Checkpoint.Open(_folder.File("f"));
        Assert.That((checkpoint.Format, checkpoint.Tensors.Count), Is.EqualTo((CheckpointFormat.TorchSharp, count)));
    }

    [Test]
    public void WriteAndOpen_EveryElementTypeThatTorchSharpHas_KeepsEveryBit()
    {
        var types = Enum.GetValues<ElementType>().Where(type => type is < ElementType.UInt16).ToList();
        var tensors = types.ConvertAll(type => StoredTensor.Of($"{type}", type, [2, 0x81], new MemoryBytes(Enumerable.Range(0, 2 * 0x81 * type.Size()).Select(value => (byte)(value * 7)).ToArray())));
        TorchSharpFile.Write(_folder.File("f"), tensors);
        using var checkpoint = Checkpoint.Open(_folder.File("f"));
        Assert.That(checkpoint.Tensors.Select(tensor => $"{tensor} {Convert.ToHexString(tensor.ReadBytes())}"), Is.EqualTo(tensors.Select(tensor => $"{tensor} {Convert.ToHexString(tensor.ReadBytes())}")));
    }

    [Test]
    public void Write_TypeThatTorchSharpLacks_NamesItAndLeavesNothing()
    {
        Assert.That(() => TorchSharpFile.Write(_folder.File("f"), [StoredTensor.Of("w", ElementType.UInt64, [1], new MemoryBytes(new byte[8]))]), Throws.ArgumentException.With.Message.Contain("'w' has elements of type uint64"));
        Assert.That(() => TorchSharpFile.Write(_folder.File("f"), [Tensor("w", [1]), Tensor("w", [1])]), Throws.ArgumentException.With.Message.Contain("'w' is given twice"));
        Assert.That(Directory.EnumerateFiles(_folder.Path), Is.Empty);
    }

    [Test]
    public void Open_FileOfTensorSave_GivesThatTensor()
    {
        File.WriteAllBytes(_folder.File("f"), [6, 2, 1, 2, .. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2f)]);
        using var checkpoint = Checkpoint.Open(_folder.File("f"));
        Assert.That(checkpoint.Tensors.Single().ReadFloats(), Is.EqualTo(new[] { 1.5f, -2 }));
    }

    [Test]
    public void Open_OneByteMoreOrLess_IsNoSuchFile([Values(-1, 1)] int more)
    {
        File.WriteAllBytes(_folder.File("f"), more < 0 ? _linear[..^1] : [.. _linear, 0]);
        Assert.That(() => Checkpoint.Open(_folder.File("f")), Throws.TypeOf<DamagedFileException>());
    }

    [Test]
    public void Open_ModelOfMicrosoftMlTorchSharp_GivesItsWeights()
    {
        Zip(("TransformerChain/Transform_001/TSModel", _linear), ("TransformerChain/Transform_001/Model.key", [1, 2]));
        using (var checkpoint = Checkpoint.Open(_folder.File("f")))
        {
            Assert.That(checkpoint.Format, Is.EqualTo(CheckpointFormat.TorchSharpModel));
            Assert.That(checkpoint.Tensors.Select(tensor => $"{tensor}: {string.Join(' ', tensor.ReadFloats())}"), Is.EqualTo(new[] { "l.weight bfloat16 2x2: 1 2 3 4", "l.bias bfloat16 2: 0 -1" }));
        }

        Zip(("TransformerChain/Transform_000/TSModel", [1, 1, (byte)'w', 6, 0, 0, 0, 0x80, 0x3f]), ("TransformerChain/Transform_001/TSModel", _linear));
        using var both = Checkpoint.Open(_folder.File("f"));
        Assert.That((both.Taken!.Key, both.Others.Single().Key), Is.EqualTo(("TransformerChain/Transform_001", "TransformerChain/Transform_000")));
        Assert.That(both.StateDict("TransformerChain/Transform_000").Single().ReadFloats(), Is.EqualTo(new[] { 1f }));
    }

    private void Zip(params (string Name, byte[] Content)[] entries)
    {
        File.Delete(_folder.File("f"));
        using var archive = ZipFile.Open(_folder.File("f"), ZipArchiveMode.Create);
        foreach (var (name, content) in entries)
        {
            using var entry = archive.CreateEntry(name).Open();
            entry.Write(content);
        }
    }

    private static StoredTensor Tensor(string name, long[] shape) => StoredTensor.Of(new NamedArray(name, shape, new float[shape.Aggregate(1L, (product, axis) => product * axis)]));
}
