using System.IO.Compression;
using System.Text;
using ConvScope.Datasets;
using ConvScope.Datasets.Decoding;
using SkiaSharp;

namespace ConvScope.Tests.Datasets.Decoding;

/// <summary>Files become pixels: the size, the place and the colour of what is decoded, and what is refused.</summary>
public sealed class ImageDecoderTests
{
    [Test]
    public void Decode_PngOfTheSize_GivesItsPixelsInPlanes()
    {
        var file = PictureFiles.Encode(3, 2, (x, y) => new SKColor((byte)(10 * x), (byte)(100 + y), (byte)(200 + x + y)));
        Assert.That(Decode(file, 3, 2, 3), Is.EqualTo(new byte[] { 0, 10, 20, 0, 10, 20, 100, 100, 100, 101, 101, 101, 200, 201, 202, 201, 202, 203 }));
    }

    [Test]
    public void Decode_OneChannel_GivesLuma()
    {
        var file = PictureFiles.Encode(2, 1, (x, _) => x == 0 ? new SKColor(255, 0, 0) : new SKColor(10, 20, 30));
        Assert.That(Decode(file, 1, 1, 2), Is.EqualTo(new byte[] { 76, 18 }), "0.299 * 255 = 76.2; 2.99 + 11.74 + 3.42 = 18.2");
    }

    [Test]
    public void Decode_TransparentPixels_LieOverBlack()
    {
        var file = PictureFiles.Encode(2, 1, (x, _) => new SKColor(200, 100, 50, x == 0 ? (byte)0 : (byte)128));
        var pixels = Decode(file, 3, 1, 2);
        Assert.That(new[] { pixels[0], pixels[2], pixels[4] }, Is.All.Zero);
        Assert.That(pixels[1], Is.EqualTo(100).Within(1));
        Assert.That(pixels[3], Is.EqualTo(50).Within(1));
    }

    [TestCase(7, 5, 4, 4)]
    [TestCase(40, 13, 8, 8)]
    [TestCase(13, 40, 10, 6)]
    [TestCase(5, 5, 9, 9)]
    [TestCase(64, 48, 3, 3)]
    public void Decode_AnotherSize_IsTheSlowTwins(int width, int height, int rows, int columns)
    {
        var random = new Random(1);
        var source = new byte[height, width];
        for (var i = 0; i < source.Length; i++)
            source[i / width, i % width] = (byte)random.Next(256);
        var file = PictureFiles.Encode(width, height, (x, y) => new SKColor(source[y, x], source[y, x], source[y, x]));
        foreach (var share in new[] { 1, 0.875 })
            Assert.That(Decode(file, 1, rows, columns, new ImageDecoding { CropShare = share }).Select(value => (double)value), Is.EqualTo(SlowTwin(source, rows, columns, share)).Within(0.51));
    }

    [Test]
    public void Decode_LargeJpeg_IsScaledToWhatAPngOfItGives()
    {
        static SKColor Colour(int x, int y) => new((byte)(x / 2), (byte)(y / 2), (byte)((x + y) / 4));
        var jpeg = Decode(PictureFiles.Encode(500, 400, Colour, SKEncodedImageFormat.Jpeg, 100), 3, 32, 32);
        var png = Decode(PictureFiles.Encode(500, 400, Colour), 3, 32, 32);
        Assert.That(jpeg.Zip(png, (first, second) => Math.Abs(first - second)).Max(), Is.LessThanOrEqualTo(3));
    }

    [TestCase(255, 0, 0, 255, ExpectedResult = new byte[] { 255, 0, 0 })]
    [TestCase(0, 255, 255, 255, ExpectedResult = new byte[] { 0, 255, 255 })]
    [TestCase(200, 100, 50, 128, ExpectedResult = new byte[] { 100, 50, 25 })]
    public byte[] Decode_CmykJpeg_BecomesRgb(int cyan, int magenta, int yellow, int black)
    {
        var pixels = Decode(CmykJpeg(cyan, magenta, yellow, black), 3, 8, 8);
        return [pixels[0], pixels[64], pixels[128]];
    }

    [Test]
    public void Decode_PngOf16Bits_KeepsTheUpperByte()
    {
        byte[] row = [0, 0x12, 0xff, 0x80, 0x00, 0xfe, 0x10]; // no filter, then red, green and blue of one pixel
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(row);
        byte[] file = [0x89, .. "PNG\r\n\u001a\n"u8, .. PictureBytes.Chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 16, 2, 0, 0, 0]), .. PictureBytes.Chunk("IDAT", packed.ToArray()), .. PictureBytes.Chunk("IEND", [])];
        Assert.That(Decode(file, 3, 1, 1).Select(value => (int)value), Is.EqualTo(new[] { 0x12, 0x80, 0xfe }).Within(1));
    }

    [Test]
    public void Decode_EmptyFile_SaysSo() => Assert.That(Reason([]), Is.EqualTo("the file is empty"));

    [Test]
    public void Decode_Text_SaysThatItIsNoImage() => Assert.That(Reason("This is no image, whatever its name says."u8.ToArray()), Is.EqualTo("its content is no JPEG, PNG, WebP, BMP or GIF"));

    [TestCase(SKEncodedImageFormat.Jpeg)]
    [TestCase(SKEncodedImageFormat.Png)]
    public void Decode_TruncatedFile_SaysSo(SKEncodedImageFormat format)
    {
        var random = new Random(1);
        var file = PictureFiles.Encode(64, 64, (_, _) => new SKColor((uint)random.NextInt64(1L << 32) | 0xff000000), format);
        foreach (var share in new[] { 0.05, 0.3, 0.6, 0.9 })
            Assert.That(Reason(file[..(int)(file.Length * share)]), Is.EqualTo("the file ends before the image is complete").Or.Contains(" and cannot be read: it is cut off, damaged, or of a rare kind").Or.EqualTo("the image data is damaged"), $"{share}");
    }

    [Test]
    public void Decode_DamagedPng_SaysSo()
    {
        var file = PictureFiles.Encode(64, 64, (x, y) => new SKColor((byte)(x * y), (byte)x, (byte)y));
        file.AsSpan(file.Length / 2, 40).Fill(0x5a);
        Assert.That(Reason(file), Is.EqualTo("the image data is damaged").Or.EqualTo("the file ends before the image is complete"));
    }

    [Test]
    public void Decode_MorePixelsThanAllowed_IsRefusedBeforeItIsDecoded()
    {
        var file = PictureFiles.Encode(1000, 1000, (_, _) => SKColors.White);
        Assert.That(new ImageDecoder(new ImageDecoding { MostPixels = 999_999 }, 3, 8, 8).Decode(file, new byte[192]), Is.EqualTo("it has 1000 x 1000 pixels; at most 999999 are decoded"));
        Assert.That(new ImageDecoder(new ImageDecoding { MostPixels = 1_000_000 }, 3, 8, 8).Decode(file, new byte[192]), Is.Null);
    }

    [Test]
    public void Decode_ManyFilesWithOneDecoder_DependsOnEachAlone()
    {
        var decoder = new ImageDecoder(new ImageDecoding(), 3, 12, 12);
        var files = Enumerable.Range(0, 12).Select(seed => PictureFiles.Draw(seed % 3, seed)).ToArray();
        byte[] together = new byte[decoder.Size], alone = new byte[decoder.Size];
        foreach (var file in files.Concat(files.Reverse()))
        {
            Assert.That(decoder.Decode(file, together), Is.Null);
            new ImageDecoder(new ImageDecoding(), 3, 12, 12).Decode(file, alone);
            Assert.That(together, Is.EqualTo(alone));
        }
    }

    [Test]
    public void Constructor_TwoChannels_IsRefused() => Assert.That(
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageDecoder(new ImageDecoding(), 2, 4, 4))!.Message, Does.StartWith("Image files become 1 channel (grey) or 3 (red, green, blue)."));

    private static byte[] Decode(byte[] file, int channels, int height, int width, ImageDecoding? decoding = null)
    {
        var pixels = new byte[channels * height * width];
        Assert.That(new ImageDecoder(decoding ?? new(), channels, height, width).Decode(file, pixels), Is.Null);
        return pixels;
    }

    private static string? Reason(byte[] file) => new ImageDecoder(new(), 3, 8, 8).Decode(file, new byte[192]);

    /// <summary>Every target pixel as a weighted mean over all source pixels.</summary>
    private static double[] SlowTwin(byte[,] source, int rows, int columns, double share)
    {
        int height = source.GetLength(0), width = source.GetLength(1);
        var scale = Math.Max(rows / share / height, columns / share / width);
        double partHeight = rows / scale, partWidth = columns / scale;
        return [.. from y in Enumerable.Range(0, rows) from x in Enumerable.Range(0, columns) select Pixel(y, x)];

        double Pixel(int y, int x)
        {
            double sum = 0, weights = 0;
            for (var row = 0; row < height; row++)
            {
                for (var column = 0; column < width; column++)
                {
                    var weight = Weight(row, (height - partHeight) / 2, y, 1 / scale) * Weight(column, (width - partWidth) / 2, x, 1 / scale);
                    sum += weight * source[row, column];
                    weights += weight;
                }
            }

            return sum / weights;
        }

        static double Weight(int at, double offset, int target, double step) => Math.Max(0, 1 - Math.Abs(at + 0.5 - offset - (target + 0.5) * step) / Math.Max(step, 1));
    }

    /// <summary>A baseline JPEG of one block in four components, as Adobe writes them: 255 is no ink. Each block has its mean alone.</summary>
    private static byte[] CmykJpeg(params int[] inks)
    {
        var bits = new StringBuilder();
        foreach (var ink in inks)
        {
            var mean = ink - 128; // eight times that, by a quantisation of eight
            var size = mean == 0 ? 0 : (int)Math.Log2(Math.Abs(mean)) + 1;
            bits.Append(Convert.ToString(size, 2).PadLeft(4, '0'));
            if (size > 0)
                bits.Append(Convert.ToString(mean > 0 ? mean : mean + (1 << size) - 1, 2).PadLeft(size, '0'));
            bits.Append('0'); // the end of the block
        }

        var scan = bits.ToString().PadRight((bits.Length + 7) / 8 * 8, '1').Chunk(8).Select(eight => Convert.ToByte(new string(eight), 2)).SelectMany(value => value == 0xff ? new byte[] { 0xff, 0 } : [value]);
        return
        [
            0xff, 0xd8, .. Segment(0xee, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0]), .. Segment(0xdb, [0, .. Enumerable.Repeat((byte)8, 64)]),
            .. Segment(0xc0, [8, 0, 8, 0, 8, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0]),
            .. Segment(0xc4, [0x00, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), .. Segment(0xc4, [0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            .. Segment(0xda, [4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]), .. scan, 0xff, 0xd9,
        ];
    }

    private static byte[] Segment(byte marker, byte[] content) => [0xff, marker, 0, (byte)(content.Length + 2), .. content];
}
