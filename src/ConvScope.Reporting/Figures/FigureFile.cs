using System.Text;
using SkiaSharp;

namespace ConvScope.Reporting.Figures;

/// <summary>Writes a drawing twice, as PNG at twice its size and as SVG; beside and renamed, with the same bytes for the same drawing.</summary>
internal static class FigureFile
{
    private const float PixelScale = 2; // crisp on dense screens

    /// <summary>Writes <paramref name="path"/> with <c>.png</c> and <c>.svg</c>.</summary>
    /// <param name="path">Path without an extension; folders are created.</param>
    /// <param name="size">Size of the drawing.</param>
    /// <param name="draw">Draws it, once for each file.</param>
    public static void Write(string path, SKSizeI size, Action<SKCanvas> draw)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Replace(path + ".png", Png(size, draw));
        Replace(path + ".svg", Svg(size, draw));
    }

    private static byte[] Png(SKSizeI size, Action<SKCanvas> draw)
    {
        using var bitmap = new SKBitmap(new SKImageInfo((int)(size.Width * PixelScale), (int)(size.Height * PixelScale), SKColorType.Rgba8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.White);
            canvas.Scale(PixelScale);
            draw(canvas);
        }

        using var image = SKImage.FromBitmap(bitmap);
        using var pixels = image.PeekPixels();
        using var data = pixels.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.Sub, zLibLevel: 5));
        return data.ToArray();
    }

    private static byte[] Svg(SKSizeI size, Action<SKCanvas> draw)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(SKRect.Create(size.Width, size.Height), stream))
            draw(canvas);
        var text = Encoding.UTF8.GetString(stream.ToArray());
        // Tensor cells stay sharp when the file is zoomed, and the drawing scales with its frame.
        return Encoding.UTF8.GetBytes(text
            .Replace("<image ", "<image style=\"image-rendering:pixelated\" ", StringComparison.Ordinal)
            .Replace("<svg ", $"<svg viewBox=\"0 0 {size.Width} {size.Height}\" ", StringComparison.Ordinal));
    }

    private static void Replace(string path, byte[] content)
    {
        var beside = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllBytes(beside, content);
        File.Move(beside, path, overwrite: true);
    }
}
