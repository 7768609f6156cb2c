using System.Text;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Pickle;

namespace ConvScope.Records.Tests.Checkpoints;

/// <summary>The format is told from the file's structure, whatever lengths stand at its start.</summary>
public sealed class CheckpointFormatTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Open_SafetensorsOfEveryHeaderLength_IsReadAsSuch() => Assert.Multiple(() =>
    {
        const string Tensor = """{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""";
        foreach (var length in Enumerable.Range(8, 4089).Append('P' | 'K' << 8).Append(('P' | 'K' << 8) + (1 << 16)))
        {
            var full = length >= Tensor.Length;
            var header = Encoding.UTF8.GetBytes((full ? Tensor : "{}").PadRight(length));
            File.WriteAllBytes(_folder.File("f"), [.. BitConverter.GetBytes((long)length), .. header, .. full ? new byte[] { 7 } : []]);
            using var checkpoint = Checkpoint.Open(_folder.File("f"));
            Assert.That(checkpoint.Format, Is.EqualTo(CheckpointFormat.Safetensors), $"header of {length} bytes");
            Assert.That(checkpoint.Tensors.Select(tensor => tensor.ReadFloats()[0]), Is.EqualTo(full ? new[] { 7f } : []), $"header of {length} bytes");
        }
    });

    [Test]
    public void Open_PickleOfEveryLength_IsReadAsZipAndAsLegacy() => Assert.Multiple(() =>
    {
        for (var length = 0; length < 600; length++)
        {
            var root = new Dictionary<string, object?> { ["text"] = new string('x', length) };
            Checkpoint.Write(_folder.File("zip"), root);
            File.WriteAllBytes(_folder.File("legacy"), Legacy(root));
            foreach (var (name, format) in new[] { ("zip", CheckpointFormat.PyTorchZip), ("legacy", CheckpointFormat.PyTorchLegacy) })
            {
                using var checkpoint = Checkpoint.Open(_folder.File(name));
                Assert.That(checkpoint.Format, Is.EqualTo(format));
                Assert.That(((IReadOnlyDictionary<object, object?>)checkpoint.Root!)["text"], Is.EqualTo(root["text"]));
            }
        }
    });

    private static byte[] Legacy(object root)
    {
        using var stream = new MemoryStream();
        stream.Write([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.']);
        foreach (var part in new[] { 1001L, new Dictionary<string, object?> { ["little_endian"] = true }, root, new List<object?>() })
            new PickleWriter(stream).Write(part);
        return stream.ToArray();
    }
}
