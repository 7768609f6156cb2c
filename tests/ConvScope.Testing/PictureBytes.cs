using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ConvScope;

/// <summary>Image files written byte by byte: kinds that Skia reads and does not write.</summary>
public static class PictureBytes
{
    /// <summary>A PNG.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="bits">Bits of a sample.</param>
    /// <param name="kind">0 grey, 2 colour, 3 palette, 4 grey with alpha, 6 colour with alpha.</param>
    /// <param name="rows">All rows without their filters.</param>
    /// <param name="more">Chunks before the pixels, such as a palette.</param>
    public static byte[] Png(int width, int height, byte bits, byte kind, byte[] rows, params byte[][] more)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(more);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            foreach (var row in rows.Chunk(rows.Length / height))
                zlib.Write([0, .. row]);
        }

        byte[] head = [.. Big(width), .. Big(height), bits, kind, 0, 0, 0];
        return [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR", head), .. more.SelectMany(chunk => chunk), .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", [])];
    }

    /// <summary>A chunk of a PNG.</summary>
    public static byte[] Chunk(string type, byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        byte[] checkedPart = [.. Encoding.ASCII.GetBytes(type), .. content];
        var crc = uint.MaxValue;
        foreach (var value in checkedPart)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }

        return [.. Big(content.Length), .. checkedPart, .. Big((int)~crc)];
    }

    /// <summary>A GIF of full frames, one bit a pixel; an index of 0 is clear in it where it is to be so.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="palette">Two colours, six bytes.</param>
    /// <param name="isClear">Whether index 0 is transparent.</param>
    /// <param name="frames">Indices of each frame, row after row.</param>
    public static byte[] Gif(int width, int height, byte[] palette, bool isClear, params byte[][] frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        byte[] file = [.. "GIF89a"u8, .. Little(width), .. Little(height), 0x80, 0, 0, .. palette];
        foreach (var frame in frames)
        {
            file = [.. file, 0x21, 0xf9, 4, (byte)(isClear ? 1 : 0), 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, .. Little(width), .. Little(height), 0, 2];
            var bits = new List<bool>();
            foreach (var index in frame)
                bits.AddRange([false, false, true, (index & 1) != 0, false, false]); // a clear code (4), then the index, three bits each, the lowest first
            bits.AddRange([true, false, true]); // the end (5)
            var bytes = bits.Chunk(8).Select(eight => (byte)eight.Index().Sum(bit => bit.Item ? 1 << bit.Index : 0)).ToArray();
            file = [.. file, .. bytes.Chunk(255).SelectMany(block => (byte[])[(byte)block.Length, .. block]), 0];
        }

        return [.. file, 0x3b];
    }

    /// <summary>A BMP of 24 bits.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="colour">Red, green and blue by column and row.</param>
    public static byte[] Bmp(int width, int height, Func<int, int, (byte Red, byte Green, byte Blue)> colour)
    {
        ArgumentNullException.ThrowIfNull(colour);
        var stride = (width * 3 + 3) / 4 * 4;
        var pixels = new byte[stride * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (red, green, blue) = colour(x, y);
                var at = (height - 1 - y) * stride + 3 * x;
                (pixels[at], pixels[at + 1], pixels[at + 2]) = (blue, green, red);
            }
        }

        return [.. "BM"u8, .. Little32(54 + pixels.Length), 0, 0, 0, 0, .. Little32(54), .. Little32(40), .. Little32(width), .. Little32(height), 1, 0, 24, 0, .. new byte[24], .. pixels];
    }

    /// <summary>An animated WebP.</summary>
    /// <param name="width">Columns of the canvas.</param>
    /// <param name="height">Rows of the canvas.</param>
    /// <param name="frames">Images with their places, even numbers; the size of each is its own.</param>
    public static byte[] AnimatedWebp(int width, int height, params (byte[] Webp, int Left, int Top, int Width, int Height)[] frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        byte[] Three(int value) => Little32(value)[..3];
        byte[] content = [.. "WEBP"u8, .. "VP8X"u8, .. Little32(10), 0x12, 0, 0, 0, .. Three(width - 1), .. Three(height - 1), .. "ANIM"u8, .. Little32(6), 0, 0, 0, 0, 0, 0];
        foreach (var (webp, left, top, ownWidth, ownHeight) in frames)
        {
            byte[] frame = [.. Three(left / 2), .. Three(top / 2), .. Three(ownWidth - 1), .. Three(ownHeight - 1), .. Three(100), 2, .. webp.AsSpan(12)];
            content = [.. content, .. "ANMF"u8, .. Little32(frame.Length), .. frame, .. new byte[frame.Length & 1]];
        }

        return [.. "RIFF"u8, .. Little32(content.Length), .. content];
    }

    /// <summary>EXIF with nothing but an orientation.</summary>
    public static byte[] Exif(int orientation, bool isLittle) => isLittle
        ? [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0]
        : [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];

    /// <summary>Adds an orientation to a JPEG, a PNG or a WebP, behind its start or at its end.</summary>
    /// <param name="file">The image.</param>
    /// <param name="exif">What <see cref="Exif"/> gives.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public static byte[] WithExif(byte[] file, byte[] exif, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(exif);
        if (file[0] == 0xff)
            return [.. file.AsSpan(0, 2), 0xff, 0xe1, 0, (byte)(exif.Length + 8), .. "Exif\0\0"u8, .. exif, .. file.AsSpan(2)];
        if (file[0] == 0x89)
            return [.. file.AsSpan(0, 33), .. Chunk("eXIf", exif), .. file.AsSpan(33)];
        byte[] extended = [.. "VP8X"u8, .. Little32(10), 8, 0, 0, 0, .. Little32(width - 1).AsSpan(0, 3), .. Little32(height - 1).AsSpan(0, 3)];
        byte[] chunk = [.. "EXIF"u8, .. Little32(exif.Length), .. exif, .. new byte[exif.Length & 1]];
        byte[] content = [.. "WEBP"u8, .. extended, .. file.AsSpan(12), .. chunk];
        return [.. "RIFF"u8, .. Little32(content.Length), .. content];
    }

    private static byte[] Big(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Little32(int value) => BitConverter.GetBytes(value);

    private static byte[] Little(int value) => [(byte)value, (byte)(value >> 8)];
}
