using System.Buffers.Binary;
using SkiaSharp;

namespace ConvScope.Datasets.Decoding;

/// <summary>
/// How a stored image is turned. Skia tells it of JPEG, and of WebP whose EXIF begins with its TIFF header; of PNG (chunk <c>eXIf</c>) and of WebP with the prefix <c>Exif</c> it does not.
/// </summary>
internal static class ExifOrientation
{
    private const int OrientationTag = 0x0112, ShortType = 3, EntrySize = 12;

    /// <summary>The orientation of a file; top left, which is not turned, where it says nothing that can be read.</summary>
    /// <param name="file">The content of the file.</param>
    /// <param name="codec">Its codec.</param>
    public static SKEncodedOrigin Of(ReadOnlySpan<byte> file, SKCodec codec) => codec.EncodedOrigin != SKEncodedOrigin.TopLeft ? codec.EncodedOrigin : codec.EncodedFormat switch
    {
        SKEncodedImageFormat.Png => Orientation(Chunk(file, start: 8, "eXIf"u8, isPng: true)),
        SKEncodedImageFormat.Webp => Orientation(Chunk(file, start: 12, "EXIF"u8, isPng: false)),
        _ => SKEncodedOrigin.TopLeft,
    };

    /// <summary>The content of the first chunk of a name. A PNG's has its length first and a checksum behind it, a WebP's its name first and an even length.</summary>
    private static ReadOnlySpan<byte> Chunk(ReadOnlySpan<byte> file, int start, ReadOnlySpan<byte> name, bool isPng)
    {
        for (long at = start; at + 8 <= file.Length;)
        {
            var head = file.Slice((int)at, 8);
            long length = isPng ? BinaryPrimitives.ReadUInt32BigEndian(head) : BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
            if (at + 8 + length > file.Length)
                break;
            if ((isPng ? head[4..] : head[..4]).SequenceEqual(name))
                return file.Slice((int)at + 8, (int)length);
            at += 8 + length + (isPng ? 4 : length & 1);
        }

        return [];
    }

    private static SKEncodedOrigin Orientation(ReadOnlySpan<byte> exif)
    {
        if (exif.StartsWith("Exif\0\0"u8))
            exif = exif[6..];
        var isLittle = exif.StartsWith("II*\0"u8);
        if (exif.Length < 8 || (!isLittle && !exif.StartsWith("MM\0*"u8)))
            return SKEncodedOrigin.TopLeft;
        long first = isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(exif[4..]) : BinaryPrimitives.ReadUInt32BigEndian(exif[4..]);
        if (first + 2 > exif.Length)
            return SKEncodedOrigin.TopLeft;
        var count = Short(exif[(int)first..], isLittle);
        for (var at = first + 2; count > 0 && at + EntrySize <= exif.Length; count--, at += EntrySize)
        {
            var entry = exif.Slice((int)at, EntrySize);
            if (Short(entry, isLittle) == OrientationTag && Short(entry[2..], isLittle) == ShortType)
                return Short(entry[8..], isLittle) is var value and >= 1 and <= 8 ? (SKEncodedOrigin)value : SKEncodedOrigin.TopLeft;
        }

        return SKEncodedOrigin.TopLeft;
    }

    private static ushort Short(ReadOnlySpan<byte> bytes, bool isLittle) => isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
