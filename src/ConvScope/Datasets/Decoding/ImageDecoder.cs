using SkiaSharp;

namespace ConvScope.Datasets.Decoding;

/// <summary>
/// Decodes image files to <c>[C, H, W]</c> bytes, told apart by content: JPEG, PNG, WebP, BMP and GIF, of an animated one the first frame. It keeps its buffers and serves one thread.
/// </summary>
/// <remarks>It is the only decoder: what is trained on, validated, predicted and served becomes pixels here.</remarks>
internal sealed unsafe class ImageDecoder
{
    private const int LargestKeptBuffer = 1 << 26;
    private readonly ImageDecoding _decoding;
    private readonly PixelPlanes _planes;
    private byte[] _pixels = [];

    /// <summary>Makes a decoder.</summary>
    /// <param name="decoding">How images become pixels.</param>
    /// <param name="channels">1 for grey, 3 for red, green and blue.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    /// <exception cref="ArgumentOutOfRangeException">Images have neither one nor three channels.</exception>
    public ImageDecoder(ImageDecoding decoding, int channels, int height, int width)
    {
        decoding.Validate();
        if (channels is not (1 or 3))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "Image files become 1 channel (grey) or 3 (red, green, blue).");
        _decoding = decoding;
        _planes = new PixelPlanes(channels, height, width, decoding.CropShare, decoding.Background);
        Size = channels * height * width;
    }

    /// <summary>Bytes of a decoded image.</summary>
    public int Size { get; }

    /// <summary>Decodes a file.</summary>
    /// <param name="file">The content of the file.</param>
    /// <param name="target">Gets <see cref="Size"/> bytes.</param>
    /// <returns>Null, or why the file cannot be decoded; what is in <paramref name="target"/> is then of no use.</returns>
    public string? Decode(ReadOnlySpan<byte> file, Span<byte> target)
    {
        if (file.IsEmpty)
            return "the file is empty";
        fixed (byte* bytes = file)
        {
            using var data = SKData.Create((nint)bytes, file.Length); // nothing is copied
            using var codec = SKCodec.Create(data);
            if (codec is null || !IsRead(codec.EncodedFormat))
                return ForeignContent.Describe(file);
            if ((long)codec.Info.Width * codec.Info.Height > _decoding.MostPixels)
                return $"it has {codec.Info.Width} x {codec.Info.Height} pixels; at most {_decoding.MostPixels} are decoded";
            return Decode(codec, ExifOrientation.Of(file, codec), target);
        }
    }

    /// <summary>Takes an image that is decoded already.</summary>
    /// <param name="pixels">Four bytes a pixel, multiplied with alpha, row after row.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="isBgra">Whether blue comes first and red third.</param>
    /// <param name="target">Gets <see cref="Size"/> bytes.</param>
    /// <returns>Null, or why it cannot be taken.</returns>
    public string? Take(ReadOnlySpan<byte> pixels, int width, int height, bool isBgra, Span<byte> target)
    {
        if (pixels.Length != 4L * width * height || pixels.IsEmpty)
            return $"it has {pixels.Length} bytes for {width} x {height} pixels";
        if (!isBgra)
        {
            _planes.Write(pixels, new SKSizeI(width, height), SKEncodedOrigin.TopLeft, target);
            return null;
        }

        if (_pixels.Length < pixels.Length)
            _pixels = GC.AllocateUninitializedArray<byte>(pixels.Length);
        for (var at = 0; at < pixels.Length; at += 4)
            (_pixels[at], _pixels[at + 1], _pixels[at + 2], _pixels[at + 3]) = (pixels[at + 2], pixels[at + 1], pixels[at], pixels[at + 3]);
        _planes.Write(_pixels.AsSpan(0, pixels.Length), new SKSizeI(width, height), SKEncodedOrigin.TopLeft, target);
        return null;
    }

    private static bool IsRead(SKEncodedImageFormat format) =>
        format is SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png or SKEncodedImageFormat.Webp or SKEncodedImageFormat.Bmp or SKEncodedImageFormat.Gif;

    private string? Decode(SKCodec codec, SKEncodedOrigin origin, Span<byte> target)
    {
        var size = DecodedSize(codec, origin);
        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Premul);
        if (_pixels.Length < info.BytesSize64)
            _pixels = GC.AllocateUninitializedArray<byte>(checked((int)info.BytesSize64));
        SKCodecResult result;
        fixed (byte* pixels = _pixels)
            result = codec.GetPixels(info, (nint)pixels);
        if (result == SKCodecResult.Success)
            _planes.Write(_pixels.AsSpan(0, (int)info.BytesSize64), size, origin, target);
        if (_pixels.Length > LargestKeptBuffer)
            _pixels = [];
        return result switch
        {
            SKCodecResult.Success => null,
            SKCodecResult.IncompleteInput => "the file ends before the image is complete",
            SKCodecResult.ErrorInInput or SKCodecResult.InvalidInput => "the image data is damaged",
            _ => $"the decoder says {result}",
        };
    }

    /// <summary>The smallest size that the decoder gives at no cost, a number of eighths for JPEG, and that need not be enlarged.</summary>
    private SKSizeI DecodedSize(SKCodec codec, SKEncodedOrigin origin)
    {
        var full = new SKSizeI(codec.Info.Width, codec.Info.Height);
        if (codec.EncodedFormat != SKEncodedImageFormat.Jpeg)
            return full;
        var needed = _planes.Needed(full, origin);
        for (var eighths = 1; eighths < 8; eighths++)
        {
            var size = codec.GetScaledDimensions(eighths / 8f);
            if (size.Width >= needed.Width && size.Height >= needed.Height)
                return size;
        }

        return full;
    }
}
