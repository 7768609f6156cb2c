using System.Text;
using ConvScope.Datasets;
using ConvScope.Datasets.Decoding;
using ConvScope.Records.Networks;
using SkiaSharp;

namespace ConvScope.Tests.Datasets.Decoding;

/// <summary>The rule: a picture is the same pixels in whatever format, orientation, depth and over whatever background it is kept; what is none is named.</summary>
public sealed class ImageFormatTests
{
    private const int Width = 16, Height = 8;

    [Test]
    public void Decode_EachOrientationOfEachFormat_TurnsTheImage(
        [Range(1, 8)] int orientation, [Values(SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp)] SKEncodedImageFormat format, [Values] bool isLittle)
    {
        // A stored image of 16x8 with its corners in four greys, read clockwise from the top left.
        static SKColor Corner(int x, int y) => (x < 8, y < 4) switch { (true, true) => Grey(0), (false, true) => Grey(80), (false, false) => Grey(160), _ => Grey(240) };
        var stored = PictureFiles.Encode(Width, Height, Corner, format, 100);
        var exif = PictureBytes.Exif(orientation, isLittle);
        byte[][] writings = format == SKEncodedImageFormat.Webp ? [exif, [.. "Exif\0\0"u8, .. exif]] : [exif];
        foreach (var written in writings)
        {
            var turned = orientation >= 5;
            var pixels = Decode(PictureBytes.WithExif(stored, written, Width, Height), 1, turned ? Width : Height, turned ? Height : Width);
            var (right, down) = turned ? (7, 15 * 8) : (15, 7 * 16);
            var corners = new[] { pixels[0], pixels[right], pixels[right + down], pixels[down] }.Select(value => (int)Math.Round(value / 80.0));
            int[][] expected = [[0, 1, 2, 3], [1, 0, 3, 2], [2, 3, 0, 1], [3, 2, 1, 0], [0, 3, 2, 1], [3, 0, 1, 2], [2, 1, 0, 3], [1, 2, 3, 0]];
            Assert.That(corners, Is.EqualTo(expected[orientation - 1]));
        }
    }

    [TestCase(0)]
    [TestCase(9)]
    [TestCase(255)]
    public void Decode_OrientationThatIsNone_LeavesTheImage(int orientation)
    {
        var stored = PictureFiles.Encode(Width, Height, (x, y) => Grey((byte)(10 * x + y)));
        Assert.That(Decode(PictureBytes.WithExif(stored, PictureBytes.Exif(orientation, isLittle: true), Width, Height), 1, Height, Width), Is.EqualTo(Decode(stored, 1, Height, Width)));
    }

    [Test]
    public void Decode_ExifCutAnywhere_LeavesTheImage()
    {
        var stored = PictureFiles.Encode(Width, Height, (x, y) => Grey((byte)(10 * x + y)));
        var exif = PictureBytes.Exif(6, isLittle: false);
        for (var length = 0; length < 18; length++)
            Assert.That(Decode(PictureBytes.WithExif(stored, exif[..length], Width, Height), 1, Height, Width), Is.EqualTo(Decode(stored, 1, Height, Width)), $"{length} bytes of EXIF");
    }

    [Test]
    public void Decode_OnePictureInEachGuise_IsTheSamePixels()
    {
        var bits = new byte[Height * Width]; // a stroke, so that one bit is enough
        for (var i = 0; i < bits.Length; i++)
            bits[i] = (byte)(i % Width is >= 5 and <= 8 || i / Width == 2 ? 1 : 0);
        byte[] expected = [.. bits.Select(bit => (byte)(bit * 255))];
        byte[] packed = [.. bits.Chunk(8).Select(eight => (byte)eight.Index().Sum(bit => bit.Item << 7 - bit.Index))];
        byte[] palette = [0, 0, 0, 255, 255, 255];
        byte[] PaletteChunk() => PictureBytes.Chunk("PLTE", palette);
        SKColor Colour(int x, int y) => Grey(expected[y * Width + x]);
        var guises = new Dictionary<string, byte[]>
        {
            ["PNG"] = PictureFiles.Encode(Width, Height, Colour),
            ["WebP"] = PictureFiles.Encode(Width, Height, Colour, SKEncodedImageFormat.Webp, 100),
            ["BMP"] = PictureBytes.Bmp(Width, Height, (x, y) => (expected[y * Width + x], expected[y * Width + x], expected[y * Width + x])),
            ["GIF"] = PictureBytes.Gif(Width, Height, palette, isClear: false, bits),
            ["animated GIF"] = PictureBytes.Gif(Width, Height, palette, isClear: false, bits, new byte[bits.Length], [.. bits.Select(bit => (byte)(1 - bit))]),
            ["grey of 8 bits"] = PictureBytes.Png(Width, Height, 8, 0, expected),
            ["grey of 16 bits"] = PictureBytes.Png(Width, Height, 16, 0, [.. expected.SelectMany(value => new[] { value, value })]),
            ["colour of 16 bits"] = PictureBytes.Png(Width, Height, 16, 2, [.. expected.SelectMany(value => Enumerable.Repeat(value, 6))]),
            ["grey of 1 bit"] = PictureBytes.Png(Width, Height, 1, 0, packed),
            ["palette of 1 bit"] = PictureBytes.Png(Width, Height, 1, 3, packed, PaletteChunk()),
            ["palette of 8 bits"] = PictureBytes.Png(Width, Height, 8, 3, bits, PaletteChunk()),
            ["palette with alpha"] = PictureBytes.Png(Width, Height, 8, 3, bits, PictureBytes.Chunk("PLTE", [255, 255, 255, 255, 255, 255]), PictureBytes.Chunk("tRNS", [0])),
            ["grey with alpha"] = PictureBytes.Png(Width, Height, 8, 4, [.. expected.SelectMany(value => new byte[] { 255, value })]),
            ["colour with alpha"] = PictureBytes.Png(Width, Height, 8, 6, [.. expected.SelectMany(value => new byte[] { 255, 255, 255, value })]),
            ["colour with alpha of 16 bits"] = PictureBytes.Png(Width, Height, 16, 6, [.. expected.SelectMany(value => new byte[] { 255, 255, 255, 255, 255, 255, value, value })]),
            ["grey with a clear value"] = PictureBytes.Png(Width, Height, 8, 0, [.. bits.Select(bit => (byte)(bit == 0 ? 77 : 255))], PictureBytes.Chunk("tRNS", [0, 77])),
            ["clear GIF"] = PictureBytes.Gif(Width, Height, [9, 9, 9, 255, 255, 255], isClear: true, bits),
        };
        foreach (var (name, file) in guises)
        {
            var tolerance = name == "WebP" ? 12 : 0;
            Assert.That(Decode(file, 1, Height, Width).Select(value => (int)value), Is.EqualTo(expected.Select(value => (int)value)).Within(tolerance), name);
        }
    }

    [TestCase("white", 255, 255, 255)]
    [TestCase("#204080", 0x20, 0x40, 0x80)]
    public void Decode_TransparentPixels_LieOverTheBackground(string background, int red, int green, int blue)
    {
        var file = PictureFiles.Encode(3, 1, (x, _) => new SKColor(200, 100, 50, new byte[] { 0, 128, 255 }[x]));
        var pixels = Decode(file, 3, 1, 3, new ImageDecoding { Background = RgbColor.Parse(background) });
        int[] behind = [red, green, blue], ink = [200, 100, 50];
        for (var channel = 0; channel < 3; channel++)
        {
            Assert.That(pixels[channel * 3], Is.EqualTo(behind[channel]), "clear");
            Assert.That(pixels[channel * 3 + 1], Is.EqualTo((ink[channel] * 128 + behind[channel] * 127) / 255.0).Within(1), "half");
            Assert.That(pixels[channel * 3 + 2], Is.EqualTo(ink[channel]), "opaque");
        }
    }

    [Test]
    public void Decode_AnimatedWebp_IsItsFirstFrameOverTheBackground()
    {
        byte[] Frame(SKColor colour) => PictureFiles.Encode(8, 8, (_, _) => colour, SKEncodedImageFormat.Webp, 100);
        var file = PictureBytes.AnimatedWebp(Width, Height, (Frame(Grey(200)), 8, 0, 8, 8), (Frame(Grey(40)), 0, 0, 8, 8));
        var pixels = Decode(file, 1, Height, Width, new ImageDecoding { Background = new RgbColor(100, 100, 100) });
        for (var i = 0; i < pixels.Length; i++)
            Assert.That(pixels[i], Is.EqualTo(i % Width < 8 ? 100 : 200).Within(3), $"{i}");
    }

    [Test]
    public void Decode_FileCutOff_SaysSo()
    {
        var random = new Random(1);
        SKColor Noise(int x, int y) => new((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
        var files = new Dictionary<string, byte[]>
        {
            ["PNG"] = PictureFiles.Encode(40, 40, Noise),
            ["JPEG"] = PictureFiles.Encode(40, 40, Noise, SKEncodedImageFormat.Jpeg),
            ["WebP"] = PictureFiles.Encode(40, 40, Noise, SKEncodedImageFormat.Webp),
            ["BMP"] = PictureBytes.Bmp(40, 40, (x, y) => ((byte)x, (byte)y, 7)),
            ["GIF"] = PictureBytes.Gif(40, 40, [0, 0, 0, 255, 255, 255], isClear: false, [.. Enumerable.Range(0, 1600).Select(_ => (byte)random.Next(2))]),
        };
        foreach (var (name, file) in files)
        {
            foreach (var share in new[] { 0, 0.001, 0.02, 0.1, 0.5, 0.9 })
                Assert.That(new ImageDecoder(new(), 1, 8, 8).Decode(file.AsSpan(0, (int)(file.Length * share)), new byte[64]), Is.Not.Null, $"{share:P1} of {name}");
        }
    }

    [Test]
    public void Decode_MutatedFiles_DecodeOrHaveAReason()
    {
        var random = new Random(2);
        SKColor Colour(int x, int y) => new((byte)(9 * x), (byte)(9 * y), 3);
        byte[][] files =
        [
            PictureFiles.Encode(20, 12, (x, y) => Colour(x, y).WithAlpha((byte)(12 * x))),
            PictureFiles.Encode(20, 12, Colour, SKEncodedImageFormat.Jpeg),
            PictureFiles.Encode(20, 12, Colour, SKEncodedImageFormat.Webp),
            PictureBytes.Bmp(20, 12, (x, y) => ((byte)x, (byte)y, 7)),
            PictureBytes.Gif(20, 12, [0, 0, 0, 255, 255, 255], isClear: true, [.. Enumerable.Range(0, 240).Select(i => (byte)(i % 2))]),
            PictureBytes.WithExif(PictureFiles.Encode(20, 12, Colour), PictureBytes.Exif(6, isLittle: true), 20, 12),
        ];
        var decoder = new ImageDecoder(new ImageDecoding { MostPixels = 1_000_000 }, 3, 8, 8);
        var pixels = new byte[decoder.Size];
        var decoded = 0;
        for (var round = 0; round < 3000; round++)
        {
            var file = files[round % files.Length].ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
                file[random.Next(file.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0)
                file = file[..random.Next(file.Length)];
            decoded += decoder.Decode(file, pixels) is null ? 1 : 0;
        }

        Assert.That(decoded, Is.InRange(300, 2900), "some still are images");
    }

    [TestCase(1, 3000)]
    [TestCase(3000, 1)]
    [TestCase(1, 1)]
    public void Decode_ExtremeShapes_AreScaled(int width, int height)
    {
        var file = PictureFiles.Encode(width, height, (_, _) => Grey(90));
        Assert.That(Decode(file, 1, 28, 28), Is.All.EqualTo(90));
    }

    [Test]
    public void Decode_OpaqueImage_IsTheSameOverAnyBackground()
    {
        var file = PictureFiles.Draw(1, 1);
        Assert.That(Decode(file, 3, 9, 9, new ImageDecoding { Background = RgbColor.White }), Is.EqualTo(Decode(file, 3, 9, 9)));
    }

    [Test]
    public void ImageDecodingDecode_AFile_IsWhatATrainingGets()
    {
        var file = PictureFiles.Draw(2, 3);
        Assert.That(new ImageDecoding().Decode(file, new Shape(3, 12, 12)), Is.EqualTo(Decode(file, 3, 12, 12)));
        Assert.That(Assert.Throws<InvalidDataException>(() => new ImageDecoding().Decode(file.AsSpan(0, 40), new Shape(3, 12, 12)))!.Message, Does.StartWith("The image cannot be decoded: "));
    }

    [TestCase("II*\0abcdefgh", "TIFF")]
    [TestCase("\0\0\0\u0018ftypheic", "HEIC")]
    [TestCase("\0\0\0\u0018ftypavif", "AVIF")]
    [TestCase("\0\0\0\u000cJXL ", "JPEG XL")]
    [TestCase("%PDF-1.7", "PDF")]
    [TestCase("<?xml version='1.0'?><svg>", "SVG")]
    [TestCase("<!DOCTYPE html><html>404", "a page of HTML")]
    [TestCase("version https://git-lfs.github.com/spec/v1", "git-LFS")]
    [TestCase("8BPS\0\u0001", "Photoshop")]
    public void Decode_WhatIsNoImage_IsNamed(string content, string named) =>
        Assert.That(new ImageDecoder(new(), 3, 8, 8).Decode(Encoding.Latin1.GetBytes(content), new byte[192]), Does.StartWith("its content is ").And.Contain(named).And.EndsWith("; JPEG, PNG, WebP, BMP and GIF are read"));

    [TestCase("black", ExpectedResult = "#000000")]
    [TestCase("White", ExpectedResult = "#ffffff")]
    [TestCase("#FF8000", ExpectedResult = "#ff8000")]
    [TestCase("ff8000", ExpectedResult = "#ff8000")]
    public string Parse_AColour_IsRead(string text) => RgbColor.Parse(text).ToString();

    [TestCase("")]
    [TestCase("#fff")]
    [TestCase("-00001")]
    [TestCase("pink")]
    public void Parse_WhatIsNoColour_SaysWhatIs(string text) => Assert.That(Assert.Throws<FormatException>(() => RgbColor.Parse(text))!.Message, Does.Contain("black, white, or six hexadecimal digits"));

    private static SKColor Grey(byte value) => new(value, value, value);

    private static byte[] Decode(byte[] file, int channels, int height, int width, ImageDecoding? decoding = null)
    {
        var pixels = new byte[channels * height * width];
        Assert.That(new ImageDecoder(decoding ?? new(), channels, height, width).Decode(file, pixels), Is.Null);
        return pixels;
    }
}
