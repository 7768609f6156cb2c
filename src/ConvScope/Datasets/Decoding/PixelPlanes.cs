using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SkiaSharp;

namespace ConvScope.Datasets.Decoding;

/// <summary>Scales, crops and turns decoded pixels into planes <c>[C, H, W]</c>, over a background where they are transparent. It keeps its buffers and serves one thread.</summary>
internal sealed class PixelPlanes(int channels, int height, int width, double cropShare, RgbColor background)
{
    private readonly Vector128<float> _background = Vector128.Create(background.Red, background.Green, (float)background.Blue, 0);
    private readonly FilterTaps _rows = new();
    private readonly FilterTaps _columns = new();
    private float[] _row = [];

    /// <summary>Size that a decoder must at least give so that nothing is enlarged that need not be.</summary>
    /// <param name="size">Size of the stored image.</param>
    /// <param name="origin">How it is turned.</param>
    public SKSizeI Needed(SKSizeI size, SKEncodedOrigin origin)
    {
        var scale = Scale(size, origin);
        return scale >= 1 ? size : new SKSizeI((int)Math.Ceiling(size.Width * scale), (int)Math.Ceiling(size.Height * scale));
    }

    /// <summary>Writes the planes.</summary>
    /// <param name="pixels">RGBA, multiplied with alpha, row after row.</param>
    /// <param name="size">Size of the stored image.</param>
    /// <param name="origin">How it is turned.</param>
    /// <param name="target">Gets <c>[C, H, W]</c>.</param>
    public void Write(ReadOnlySpan<byte> pixels, SKSizeI size, SKEncodedOrigin origin, Span<byte> target)
    {
        var (storedHeight, storedWidth) = Stored(origin);
        var scale = Scale(size, origin);
        double partWidth = Math.Min(storedWidth / scale, size.Width), partHeight = Math.Min(storedHeight / scale, size.Height);
        _columns.Set(size.Width, (size.Width - partWidth) / 2, partWidth, storedWidth);
        _rows.Set(size.Height, (size.Height - partHeight) / 2, partHeight, storedHeight);
        var (start, stepDown, stepRight) = Places(origin, storedHeight, storedWidth);
        var length = (_columns.End - _columns.Start) * 4;
        if (_row.Length < length)
            _row = new float[length];
        for (var y = 0; y < storedHeight; y++)
        {
            MixRows(pixels, size.Width, y, _row.AsSpan(0, length));
            for (var x = 0; x < storedWidth; x++)
                Put(Mixed(x), start + y * stepDown + x * stepRight, target);
        }
    }

    private (int Height, int Width) Stored(SKEncodedOrigin origin) => origin >= SKEncodedOrigin.LeftTop ? (width, height) : (height, width);

    private double Scale(SKSizeI size, SKEncodedOrigin origin)
    {
        var (storedHeight, storedWidth) = Stored(origin);
        return Math.Max(storedHeight / cropShare / size.Height, storedWidth / cropShare / size.Width);
    }

    /// <summary>Where the stored image's first pixel goes, and how far the next one down and to the right is; the eight orientations of EXIF.</summary>
    private (int Start, int Down, int Right) Places(SKEncodedOrigin origin, int storedHeight, int storedWidth)
    {
        var last = storedHeight * storedWidth - 1;
        return origin switch
        {
            SKEncodedOrigin.TopRight => (width - 1, width, -1),
            SKEncodedOrigin.BottomRight => (last, -width, -1),
            SKEncodedOrigin.BottomLeft => (last - width + 1, -width, 1),
            SKEncodedOrigin.LeftTop => (0, 1, width),
            SKEncodedOrigin.RightTop => (width - 1, -1, width),
            SKEncodedOrigin.RightBottom => (last, -1, -width),
            SKEncodedOrigin.LeftBottom => (last - width + 1, 1, -width),
            _ => (0, width, 1),
        };
    }

    /// <summary>The weighted sum of some rows, over the columns that are needed.</summary>
    private void MixRows(ReadOnlySpan<byte> pixels, int sourceWidth, int y, Span<float> mixed)
    {
        mixed.Clear();
        var weights = _rows.Of(y, out var first);
        for (var tap = 0; tap < weights.Length; tap++)
        {
            if (weights[tap] == 0)
                continue;
            var source = pixels.Slice(((first + tap) * sourceWidth + _columns.Start) * 4, mixed.Length);
            var at = 0;
            for (; at <= mixed.Length - Vector128<byte>.Count; at += Vector128<byte>.Count)
                Add(Vector128.LoadUnsafe(in MemoryMarshal.GetReference(source), (nuint)at), weights[tap], mixed.Slice(at, Vector128<byte>.Count));
            for (; at < mixed.Length; at++)
                mixed[at] += source[at] * weights[tap];
        }
    }

    private static void Add(Vector128<byte> bytes, float weight, Span<float> sums)
    {
        var (low, high) = Vector128.Widen(bytes);
        var (a, b) = Vector128.Widen(low);
        var (c, d) = Vector128.Widen(high);
        ref var sum = ref MemoryMarshal.GetReference(sums);
        (Vector128.LoadUnsafe(in sum) + Vector128.ConvertToSingle(a.AsInt32()) * weight).StoreUnsafe(ref sum);
        (Vector128.LoadUnsafe(in sum, 4) + Vector128.ConvertToSingle(b.AsInt32()) * weight).StoreUnsafe(ref sum, 4);
        (Vector128.LoadUnsafe(in sum, 8) + Vector128.ConvertToSingle(c.AsInt32()) * weight).StoreUnsafe(ref sum, 8);
        (Vector128.LoadUnsafe(in sum, 12) + Vector128.ConvertToSingle(d.AsInt32()) * weight).StoreUnsafe(ref sum, 12);
    }

    private Vector128<float> Mixed(int x)
    {
        var weights = _columns.Of(x, out var first);
        var sum = Vector128<float>.Zero;
        for (var tap = 0; tap < weights.Length; tap++)
            sum += Vector128.LoadUnsafe(in _row[(first + tap - _columns.Start) * 4]) * weights[tap];
        return sum;
    }

    private void Put(Vector128<float> pixel, int place, Span<byte> target)
    {
        pixel += _background * (1 - pixel[3] / 255); // what shows through
        int red = Rounded(pixel[0]), green = Rounded(pixel[1]), blue = Rounded(pixel[2]);
        if (channels == 1)
        {
            target[place] = (byte)((299 * red + 587 * green + 114 * blue + 500) / 1000);
            return;
        }

        var plane = height * width;
        target[place] = (byte)red;
        target[place + plane] = (byte)green;
        target[place + 2 * plane] = (byte)blue;
    }

    private static int Rounded(float value) => Math.Clamp((int)(value + 0.5f), 0, 255);
}
