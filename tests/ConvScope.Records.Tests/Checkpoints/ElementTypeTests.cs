using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Bytes;
using ConvScope.Records.Checkpoints.Formats;

namespace ConvScope.Records.Tests.Checkpoints;

/// <summary>Every element type that PyTorch and safetensors have.</summary>
public sealed class ElementTypeTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    /// <summary>The values are those of the formats' definitions (OCP 8-bit floating point, and Graphcore's and AMD's variant).</summary>
    [TestCase(ElementType.Float8E4M3FN, 0x7e, 448)]
    [TestCase(ElementType.Float8E4M3FN, 0x01, 0.001953125)]
    [TestCase(ElementType.Float8E4M3FN, 0xb8, -1)]
    [TestCase(ElementType.Float8E4M3FN, 0xff, double.NaN)]
    [TestCase(ElementType.Float8E5M2, 0x7b, 57344)]
    [TestCase(ElementType.Float8E5M2, 0x7c, double.PositiveInfinity)]
    [TestCase(ElementType.Float8E4M3FNUZ, 0x7f, 240)]
    [TestCase(ElementType.Float8E4M3FNUZ, 0x80, double.NaN)]
    [TestCase(ElementType.Float8E5M2FNUZ, 0x7f, 57344)]
    [TestCase(ElementType.Float8E5M2FNUZ, 0x01, 7.62939453125e-06)]
    [TestCase(ElementType.Float8E8M0FNU, 127, 1)]
    [TestCase(ElementType.Float8E8M0FNU, 130, 8)]
    public void ToDouble_SmallFloats_AreThoseOfTheirDefinition(ElementType type, int bits, double expected) => Assert.That(ElementTypes.ToDouble(type, [(byte)bits]), Is.EqualTo(expected));

    [Test]
    public void Write_EveryType_ReadsBackFromBothFormats([Values] ElementType type)
    {
        var bytes = Enumerable.Range(1, 4 * type.Size()).Select(value => (byte)value).ToArray();
        var tensor = StoredTensor.Of("w", type, [2, 2], new MemoryBytes(bytes));
        Checkpoint.Write(_folder.File("pth"), new Dictionary<string, object?> { ["w"] = tensor });
        using (var checkpoint = Checkpoint.Open(_folder.File("pth")))
            Assert.That($"{checkpoint.Tensors[0]} {Convert.ToHexString(checkpoint.Tensors[0].ReadBytes())}", Is.EqualTo($"{tensor} {Convert.ToHexString(bytes)}"));
        if (type.SafetensorsName() is null)
            return;
        Safetensors.WriteTensors(_folder.File("st"), [tensor]);
        using var other = Checkpoint.Open(_folder.File("st"));
        Assert.That($"{other.Tensors[0]} {Convert.ToHexString(other.Tensors[0].ReadBytes())}", Is.EqualTo($"{tensor} {Convert.ToHexString(bytes)}"));
    }

    [Test]
    public void Open_SafetensorsOfAnUnknownType_CostsThatTensorOnly()
    {
        var header = """{"odd":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]},"w":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}}"""u8;
        File.WriteAllBytes(_folder.File("f"), [.. BitConverter.GetBytes((long)header.Length), .. header, 1, 2, 3, 9]);
        using var checkpoint = Checkpoint.Open(_folder.File("f"));
        Assert.That(checkpoint.Tensors.Select(tensor => $"{tensor} {tensor.ReadFloats()[0]}"), Is.EqualTo(new[] { "w uint8 1 9" }));
        Assert.That(checkpoint.LeftOut, Is.EqualTo(new[] { "odd (F6_E2M3, 4): its elements are of a type that is not read" }));
    }

    [Test]
    public void ReadBytes_NegativeAndConjugateViews_TurnTheSigns()
    {
        float[] values = [1, 2, 3, 4];
        var whole = new FloatBytes(values);
        float[] Read(ElementType type, bool negative, bool conjugate)
        {
            var bytes = new StoredTensor("w", type, [1], [1], 1, new SignedBytes(whole, type, negative, conjugate)).ReadBytes();
            return [.. bytes.Chunk(4).Select(part => BitConverter.ToSingle(part))];
        }

        Assert.That(Read(ElementType.Complex64, false, true), Is.EqualTo(new[] { 3f, -4 }));
        Assert.That(Read(ElementType.Complex64, true, true), Is.EqualTo(new[] { -3f, 4 }));
        Assert.That(Read(ElementType.Complex64, true, false), Is.EqualTo(new[] { -3f, -4 }));
        Assert.That(Read(ElementType.Float32, true, false), Is.EqualTo(new[] { -2f }));
    }

    [Test]
    public void ReadFloats_QuantisedTensor_GivesWhatItStandsFor()
    {
        var tensor = StoredTensor.Of("w", ElementType.Float32, [3], new QuantisedBytes(new MemoryBytes(new byte[] { 0, 10, 255 }), ElementType.UInt8, 0.5, 10));
        Assert.That(tensor.ReadFloats(), Is.EqualTo(new[] { -5f, 0, 122.5f }));
    }

    [Test]
    public void Open_SparseTensorAndUnknownType_CostThemselvesOnly()
    {
        var pickle = "}(S'w'\nctorch._utils\n_rebuild_sparse_tensor\n(NNtRS'x'\nctorch._utils\n_rebuild_tensor_v3\n(NI0\n))I00\nNctorch\nint4\ntRS'n'\nI1\nu."u8;
        using (var archive = System.IO.Compression.ZipFile.Open(_folder.File("f"), System.IO.Compression.ZipArchiveMode.Create))
        using (var entry = archive.CreateEntry("a/data.pkl", System.IO.Compression.CompressionLevel.NoCompression).Open())
            entry.Write(pickle);
        using var checkpoint = Checkpoint.Open(_folder.File("f"));
        Assert.That(checkpoint.LeftOut, Is.EqualTo(new[] { "w: sparse_tensor, which is not read", "x: tensor_v3, which is not read" }));
        Assert.That(checkpoint.Calls, Is.Empty);
    }
}
