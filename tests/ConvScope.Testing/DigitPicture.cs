using System.Runtime.InteropServices;
using SkiaSharp;

namespace ConvScope;

/// <summary>Grey images as PNG files.</summary>
public static class DigitPicture
{
    /// <summary>A square image, row after row.</summary>
    public static byte[] Png(ReadOnlySpan<byte> pixels)
    {
        var side = (int)Math.Sqrt(pixels.Length);
        using var bitmap = new SKBitmap(new SKImageInfo(side, side, SKColorType.Gray8, SKAlphaType.Opaque));
        Marshal.Copy(pixels.ToArray(), 0, bitmap.GetPixels(), pixels.Length);
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }
}
