using ConvScope.Records.Networks;
using ConvScope.Reporting.Palettes;
using SkiaSharp;

namespace ConvScope.Reporting.Figures;

/// <summary>
/// A picture of an attribution: what is not negative, such as Grad-CAM, lies half transparent on the grey image in viridis; signed values are shown alone, blue below zero and red above. The largest
/// magnitude of the image ends the scale.
/// </summary>
public static class HeatMap
{
    /// <summary>Draws an attribution as a PNG file.</summary>
    /// <param name="pixels">The image's raw pixels, channel after channel; their smallest is black, their largest white.</param>
    /// <param name="shape">Shape of the image, <c>[C, H, W]</c>.</param>
    /// <param name="map">One value a pixel, <c>[H, W]</c>.</param>
    /// <param name="zoom">Pixels of the picture for one of the image, 1 to 64.</param>
    /// <returns>The file's bytes.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit the shape.</exception>
    public static byte[] Png(IReadOnlyList<float> pixels, Shape shape, IReadOnlyList<float> map, int zoom = 8)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(map);
        ArgumentOutOfRangeException.ThrowIfLessThan(zoom, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(zoom, 64);
        if (!shape.IsMaps || pixels.Count != shape.Count || map.Count != shape.Height * shape.Width)
            throw new ArgumentException($"An image of {shape} needs {shape.Count} pixels and {shape.Height * shape.Width} values; there are {pixels.Count} and {map.Count}.", nameof(map));
        using var picture = Picture([.. pixels], shape, [.. map]);
        using var large = new SKBitmap(new SKImageInfo(shape.Width * zoom, shape.Height * zoom, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(large))
            canvas.DrawBitmap(picture, SKRect.Create(large.Width, large.Height));
        using var data = large.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }

    /// <summary>The image itself, <c>[C, H, W]</c>: grey for one channel, else its first three as red, green and blue. The caller disposes it.</summary>
    internal static SKBitmap Image(ReadOnlySpan<float> pixels, Shape shape)
    {
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        foreach (var pixel in pixels)
            (low, high) = (Math.Min(low, pixel), Math.Max(high, pixel));
        return Image(pixels, shape, low, high);
    }

    /// <summary>The image itself on a scale that is given: <paramref name="low"/> is black, <paramref name="high"/> white. The caller disposes it.</summary>
    internal static SKBitmap Image(ReadOnlySpan<float> pixels, Shape shape, float low, float high)
    {
        var levels = Levels(pixels, low, high);
        var area = shape.Height * shape.Width;
        var bitmap = Empty(shape);
        for (var at = 0; at < area; at++)
        {
            bitmap.SetPixel(at % shape.Width, at / shape.Width, shape.Channels >= 3
                ? new SKColor(levels[at], levels[area + at], levels[2 * area + at])
                : new SKColor(levels[at], levels[at], levels[at]));
        }

        return bitmap;
    }

    /// <summary>The attribution, a pixel for each of the image. The caller disposes it.</summary>
    internal static SKBitmap Picture(ReadOnlySpan<float> pixels, Shape shape, ReadOnlySpan<float> map)
    {
        var limit = 0f;
        var isSigned = false;
        foreach (var value in map)
        {
            limit = float.IsFinite(value) ? Math.Max(limit, Math.Abs(value)) : limit;
            isSigned |= value < 0;
        }

        var bitmap = Empty(shape);
        using var image = isSigned ? null : Image(pixels, shape);
        for (var at = 0; at < map.Length; at++)
        {
            int x = at % shape.Width, y = at / shape.Width;
            bitmap.SetPixel(x, y, image is null ? DivergingPalette.At(map[at], limit) : ColorRamp.Mix(Grey(image.GetPixel(x, y)), Viridis.At(map[at], limit), 0.5f));
        }

        return bitmap;
    }

    private static SKBitmap Empty(Shape shape) => new(new SKImageInfo(shape.Width, shape.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));

    private static SKColor Grey(SKColor color)
    {
        var level = (byte)((color.Red + color.Green + color.Blue) / 3);
        return new SKColor(level, level, level);
    }

    private static byte[] Levels(ReadOnlySpan<float> pixels, float low, float high)
    {
        var levels = new byte[pixels.Length];
        for (var at = 0; at < levels.Length; at++)
            levels[at] = high > low ? (byte)Math.Clamp(255 * (pixels[at] - low) / (high - low), 0, 255) : (byte)0;
        return levels;
    }
}
