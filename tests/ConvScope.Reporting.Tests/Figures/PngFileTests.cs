using ConvScope.Reporting.Figures;
using SkiaSharp;

namespace ConvScope.Reporting.Tests.Figures;

/// <summary>The encoder against Skia's decoder, which checks every checksum.</summary>
public sealed class PngFileTests
{
    [TestCase(1, 1)]
    [TestCase(3, 1)]
    [TestCase(1, 5)]
    [TestCase(17, 4)]
    [TestCase(300, 200)]
    public void Encode_RandomPixels_AreDecodedUnchanged(int width, int height)
    {
        var random = new Random(width);
        using var picture = Picture(width, height, (_, _) => new SKColor((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)));

        using var decoded = SKBitmap.Decode(PngFile.Encode(picture));

        Assert.That((decoded.Width, decoded.Height), Is.EqualTo((width, height)));
        Assert.That(decoded.Pixels, Is.EqualTo(picture.Pixels));
    }

    [Test]
    public void Encode_MagnifiedCells_AreDecodedUnchangedAndSmall()
    {
        using var picture = Picture(120, 120, (x, y) => new SKColor((byte)(x / 20 * 37 ^ y / 20 * 11), (byte)(x / 20), (byte)(y / 20)));

        var file = PngFile.Encode(picture);

        using var decoded = SKBitmap.Decode(file);
        Assert.That(decoded.Pixels, Is.EqualTo(picture.Pixels));
        Assert.That(file, Has.Length.LessThan(2_000), "of 43,200 bytes");
    }

    [Test]
    public void Encode_AnyPicture_StartsAndEndsAsTheSpecificationSays()
    {
        using var picture = Picture(2, 3, (_, _) => SKColors.Red);

        var file = PngFile.Encode(picture);

        Assert.That(Convert.ToHexString(file[..26]), Is.EqualTo("89504E470D0A1A0A" + "0000000D49484452" + "00000002" + "00000003" + "0802"));
        Assert.That(Convert.ToHexString(file[^12..]), Is.EqualTo("0000000049454E44AE426082"));
    }

    private static SKBitmap Picture(int width, int height, Func<int, int, SKColor> color)
    {
        var picture = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                picture.SetPixel(x, y, color(x, y));
        }

        return picture;
    }
}
