using System.Buffers.Binary;
using System.IO.Compression;
using ConvScope.Records.Files;

namespace ConvScope.Datasets;

/// <summary>
/// Reads the IDX files of MNIST and its relatives, plain or gzip (told apart by content): a big-endian magic number, the length of each axis, then bytes.
/// Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", file formats.
/// </summary>
internal static class IdxFile
{
    private const int ImagesMagic = 2051; // unsigned bytes, three axes
    private const int LabelsMagic = 2049; // unsigned bytes, one axis
    private const long LargestFile = 1 << 30;

    /// <summary>Reads a set from its two files.</summary>
    /// <exception cref="DamagedFileException">A file is damaged or the two do not belong together; the message names file and byte offset.</exception>
    public static ImageSet Read(string name, string imagesPath, string labelsPath, IReadOnlyList<string> classNames)
    {
        var images = Content(imagesPath);
        var labels = Content(labelsPath);
        int[] shape = Axes(images, imagesPath, ImagesMagic, 3), count = Axes(labels, labelsPath, LabelsMagic, 1);
        if (shape[0] != count[0])
            throw Broken(labelsPath, 4, $"there are {count[0]} labels for the {shape[0]} images of '{Path.GetFileName(imagesPath)}'");
        var outside = labels.AsSpan(8).IndexOfAnyInRange((byte)classNames.Count, byte.MaxValue);
        if (outside >= 0)
            throw Broken(labelsPath, 8 + outside, $"label {labels[8 + outside]} is outside the {classNames.Count} classes");
        return new ImageSet(name, images[16..], labels[8..], 1, shape[1], shape[2], classNames);
    }

    /// <summary>The plain bytes of a file, unpacked where it is gzip.</summary>
    /// <exception cref="DamagedFileException">The gzip stream is damaged or unpacks to more than a gibibyte.</exception>
    public static byte[] Content(string path)
    {
        var bytes = File.ReadAllBytes(path);
        return bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]) ? Unpack(bytes, path) : bytes;
    }

    /// <summary>Unpacks gzip within bounds.</summary>
    public static byte[] Unpack(byte[] packed, string path)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            var buffer = new byte[81920];
            for (int read; (read = gzip.Read(buffer)) > 0;)
            {
                if (plain.Length + read > LargestFile)
                    throw Broken(path, 0, $"it unpacks to more than {LargestFile} bytes");
                plain.Write(buffer.AsSpan(0, read));
            }

            return plain.ToArray();
        }
        catch (InvalidDataException exception)
        {
            throw Broken(path, 0, $"the gzip stream is damaged ({exception.Message})", exception);
        }
    }

    private static int[] Axes(byte[] content, string path, int magic, int axes)
    {
        var header = 4 + 4 * axes;
        if (content.Length < header)
            throw Broken(path, content.Length, $"the file ends inside its header of {header} bytes");
        var found = BinaryPrimitives.ReadInt32BigEndian(content);
        if (found != magic)
            throw Broken(path, 0, $"the magic number is {found} where {magic} was expected");
        var lengths = Enumerable.Range(0, axes).Select(axis => BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(4 + 4 * axis))).ToArray();
        var bad = Array.FindIndex(lengths, length => length < 1);
        if (bad >= 0)
            throw Broken(path, 4 + 4 * bad, $"axis {bad} has length {lengths[bad]}");
        var size = lengths.Aggregate((Int128)1, (product, length) => product * length);
        if (size > content.Length - header)
            throw Broken(path, content.Length, $"the file is truncated: its header promises {size} bytes, {content.Length - header} are there");
        if (size < content.Length - header)
            throw Broken(path, header + (long)size, $"the file goes on for {content.Length - header - (long)size} bytes after its {size}");
        return lengths;
    }

    private static DamagedFileException Broken(string path, long offset, string what, Exception? inner = null) => DamagedFileException.At(path, "whole IDX file", offset, what, inner);
}
