using System.Buffers.Binary;
using System.IO.Compression;
using ConvScope.Datasets;
using ConvScope.Records.Files;

namespace ConvScope.Tests.Datasets;

/// <summary>Files of the exact format, whole and damaged.</summary>
public sealed class IdxFileTests
{
    private static readonly string[] _classes = ["a", "b", "c"];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void Read_PlainAndGzip_GiveTheSame([Values] bool packed)
    {
        var set = Read(Images(2), Labels(0, 2), packed);
        Assert.That((set.Count, set.Channels, set.Height, set.Width), Is.EqualTo((2, 1, 2, 3)));
        Assert.That(set.Image(1).ToArray(), Is.EqualTo(new byte[] { 6, 7, 8, 9, 10, 11 }));
        Assert.That((set.Label(0), set.Label(1)), Is.EqualTo((0, 2)));
    }

    [Test]
    public void Read_WrongMagic_SaysWhichAndWhere()
    {
        var images = Images(2);
        images[3] = 1;
        AssertBroken(images, Labels(0, 1), "images", "at byte 0, the magic number is 2049 where 2051 was expected.");
    }

    [Test]
    public void Read_EndsInItsHeader_SaysWhere() => AssertBroken(Images(2)[..10], Labels(0, 1), "images", "at byte 10, the file ends inside its header of 16 bytes.");

    [Test]
    public void Read_EmptyFile_SaysWhere() => AssertBroken([], Labels(0, 1), "images", "at byte 0, the file ends inside its header of 16 bytes.");

    [Test]
    public void Read_AxisOfLengthZero_SaysWhich()
    {
        var images = Images(2);
        BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(8), 0);
        AssertBroken(images, Labels(0, 1), "images", "at byte 8, axis 1 has length 0.");
    }

    [Test]
    public void Read_HugeAxes_DoNotOverflow()
    {
        var images = Images(2);
        foreach (var at in new[] { 4, 8, 12 })
            BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(at), int.MaxValue);
        AssertBroken(images, Labels(0, 1), "images", "at byte 28, the file is truncated: its header promises 9903520300447984150353281023 bytes, 12 are there.");
    }

    [Test]
    public void Read_Truncated_SaysWhatIsThere() => AssertBroken(Images(2)[..20], Labels(0, 1), "images", "at byte 20, the file is truncated: its header promises 12 bytes, 4 are there.");

    [Test]
    public void Read_TooLong_SaysWhere() => AssertBroken([.. Images(2), 1, 2], Labels(0, 1), "images", "at byte 28, the file goes on for 2 bytes after its 12.");

    [Test]
    public void Read_OtherNumberOfLabels_SaysBoth() => AssertBroken(Images(2), Labels(0, 1, 2), "labels", "at byte 4, there are 3 labels for the 2 images of 'images'.");

    [Test]
    public void Read_LabelOutsideTheClasses_SaysWhichAndWhere() => AssertBroken(Images(2), Labels(0, 3), "labels", "at byte 9, label 3 is outside the 3 classes.");

    [Test]
    public void Read_DamagedGzip_SaysSo()
    {
        var packed = Pack(Images(2));
        packed[^12] ^= 0xff;
        File.WriteAllBytes(_folder.File("images"), packed);
        File.WriteAllBytes(_folder.File("labels"), Labels(0, 1));
        Assert.That(Assert.Throws<DamagedFileException>(() => IdxFile.Read("toy", _folder.File("images"), _folder.File("labels"), _classes))!.Message,
            Does.StartWith($"'{_folder.File("images")}' is not a whole IDX file: at byte 0, "));
    }

    private void AssertBroken(byte[] images, byte[] labels, string file, string reason) => Assert.That(
        Assert.Throws<DamagedFileException>(() => Read(images, labels, false))!.Message, Is.EqualTo($"'{_folder.File(file)}' is not a whole IDX file: {reason}"));

    private ImageSet Read(byte[] images, byte[] labels, bool packed)
    {
        File.WriteAllBytes(_folder.File("images"), packed ? Pack(images) : images);
        File.WriteAllBytes(_folder.File("labels"), packed ? Pack(labels) : labels);
        return IdxFile.Read("toy", _folder.File("images"), _folder.File("labels"), _classes);
    }

    private static byte[] Images(int count) => [0, 0, 8, 3, 0, 0, 0, (byte)count, 0, 0, 0, 2, 0, 0, 0, 3, .. Enumerable.Range(0, count * 6).Select(value => (byte)value)];

    private static byte[] Labels(params byte[] labels) => [0, 0, 8, 1, 0, 0, 0, (byte)labels.Length, .. labels];

    private static byte[] Pack(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionMode.Compress))
            gzip.Write(content);
        return stream.ToArray();
    }
}
