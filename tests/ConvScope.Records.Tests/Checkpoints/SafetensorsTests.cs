using System.Buffers.Binary;
using System.Text;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Formats;
using ConvScope.Records.Files;

namespace ConvScope.Records.Tests.Checkpoints;

/// <summary>Files written and read back, and files that are none.</summary>
public sealed class SafetensorsTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void Read_WhatWasWritten_IsTheSameInTheSameOrder()
    {
        NamedArray[] arrays =
        [
            new("z.weight", [2, 3], [1, -2, float.NaN, float.PositiveInfinity, -0f, 1e-45f]), new("a.bias", [], [7]), new("empty", [0, 4], []), new("ünï \"quoted\"", [1], [3.5f]),
        ];
        Safetensors.Write(_folder.File("file"), arrays, new Dictionary<string, string> { ["step"] = "3" });
        var read = Safetensors.Read(_folder.File("file"));

        Assert.That(read.Select(array => array.Name), Is.EqualTo(arrays.Select(array => array.Name)));
        Assert.That(read.Select(array => array.Shape), Is.EqualTo(arrays.Select(array => array.Shape)));
        foreach (var (actual, expected) in read.Zip(arrays))
            Assert.That(actual.Values.Select(BitConverter.SingleToInt32Bits), Is.EqualTo(expected.Values.Select(BitConverter.SingleToInt32Bits)), expected.Name);
    }

    [Test]
    public void Write_File_HasTheFormatsLayout()
    {
        Safetensors.Write(_folder.File("file"), [new("w", [2], [1, 2])], new Dictionary<string, string> { ["step"] = "3" });
        var bytes = File.ReadAllBytes(_folder.File("file"));
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.That(length % 8, Is.Zero, "the data are aligned");
        Assert.That(Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(), Is.EqualTo("""{"__metadata__":{"step":"3"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"""));
        Assert.That(bytes[(8 + length)..], Is.EqualTo(new byte[] { 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40 }));
    }

    [Test]
    public void Write_NameGivenTwice_IsRefusedAndLeavesNoFile()
    {
        Assert.That(Assert.Throws<ArgumentException>(() => Safetensors.Write(_folder.File("file"), [new("w", [1], [1]), new("w", [1], [2])], new Dictionary<string, string>()))!.Message, Does.StartWith("The name 'w' is given twice or reserved."));
        Assert.That(Directory.GetFiles(_folder.Path), Is.Empty);
    }

    [Test]
    public void Write_ShapeThatDoesNotFit_IsRefused() => Assert.That(
        Assert.Throws<ArgumentException>(() => Safetensors.Write(_folder.File("file"), [new("w", [3], [1])], new Dictionary<string, string>()))!.Message, Does.StartWith("'w' has shape 3 and 1 values."));

    [TestCase("", "at byte 0, the file is shorter than its 8-byte header length")]
    [TestCase("""{"w":{"dtype":"F8","shape":[2],"data_offsets":[0,4]}}""", "'w' has elements of type F8, which is not read")]
    [TestCase("""{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "'w' has shape [3] but 8 bytes")]
    [TestCase("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "'w' starts at data offset 4 where 0 was expected")]
    [TestCase("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"v":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "'v' starts at data offset 4 where 8 was expected")]
    [TestCase("""{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "the header describes 16 bytes of data; the file holds 8")]
    [TestCase("""["w"]""", "the header is not what the format asks for")]
    [TestCase("""{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "'w' has shape [-2]")]
    [TestCase("not json", "the header is not what the format asks for")]
    public void Read_WrongHeader_SaysWhatAndWhere(string header, string reason)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)text.Length);
        File.WriteAllBytes(_folder.File("file"), header.Length == 0 ? [] : [.. prefix, .. text, .. new byte[8]]);
        Assert.That(Assert.Throws<DamagedFileException>(() => Safetensors.Read(_folder.File("file")))!.Message, Does.Contain(_folder.File("file")).And.Contains(reason));
    }

    [Test]
    public void Read_TruncatedAnywhereOrFlipped_NeverFailsOtherwise()
    {
        Safetensors.Write(_folder.File("file"), [new("w", [2, 2], [1, 2, 3, 4]), new("b", [2], [5, 6])], new Dictionary<string, string> { ["step"] = "3" });
        var whole = File.ReadAllBytes(_folder.File("file"));
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_folder.File("cut"), whole[..length]);
            Assert.Throws<DamagedFileException>(() => Safetensors.Read(_folder.File("cut")), $"cut at {length}");
        }

        var random = new Random(1);
        for (var round = 0; round < 300; round++)
        {
            var damaged = whole.ToArray();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(_folder.File("flipped"), damaged);
            try
            {
                Safetensors.Read(_folder.File("flipped"));
            }
            catch (DamagedFileException)
            {
                // said so
            }
        }
    }

    [Test]
    public void Read_OneArrayByName_IsThatArrayAndNoOther()
    {
        Safetensors.Write(_folder.File("file"), [new("w", [2, 2], [1, 2, 3, 4]), new("b", [2], [5, 6]), new("empty", [0], [])]);
        Assert.That(Safetensors.Read(_folder.File("file"), "b")!.Values, Is.EqualTo(new[] { 5f, 6 }));
        Assert.That(Safetensors.Read(_folder.File("file"), "w")!.Shape, Is.EqualTo(new long[] { 2, 2 }));
        Assert.That(Safetensors.Read(_folder.File("file"), "c"), Is.Null);
    }

    [Test]
    public void ReadShapes_OfAFile_AreThoseOfItsArrays()
    {
        Safetensors.Write(_folder.File("file"), [new("w", [2, 2], [1, 2, 3, 4]), new("b", [2], [5, 6])]);
        Assert.That(Safetensors.ReadShapes(_folder.File("file")).Select(array => $"{array.Name} {string.Join('x', array.Shape)}"), Is.EqualTo(new[] { "w 2x2", "b 2" }));
    }

    [Test]
    public void Open_EmptyTensorOfHugeAxes_IsRead()
    {
        using var folder = new TemporaryFolder();
        var header = """{"w":{"dtype":"F32","shape":[0,1099511627776,1099511627776],"data_offsets":[0,0]}}"""u8;
        File.WriteAllBytes(folder.File("f"), [.. BitConverter.GetBytes((long)header.Length), .. header]);
        using var checkpoint = Checkpoint.Open(folder.File("f"));
        Assert.That(checkpoint.Tensors.Single().ReadFloats(), Is.Empty);
    }

    [Test]
    public void Open_OneOffsetInPlaceOfTwo_SaysThatTheHeaderIsDamaged()
    {
        using var folder = new TemporaryFolder();
        var header = """{"w":{"dtype":"F32","shape":[0],"data_offsets":[0]}}"""u8;
        File.WriteAllBytes(folder.File("f"), [.. BitConverter.GetBytes((long)header.Length), .. header]);
        Assert.That(() => Checkpoint.Open(folder.File("f")), Throws.TypeOf<DamagedFileException>().With.Message.Contain("the header is not what the format asks for"));
    }
}
