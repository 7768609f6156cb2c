using ConvScope.Datasets;
using ConvScope.Datasets.Decoding;
using ConvScope.Datasets.Files;
using ConvScope.Records.Files;
using ConvScope.Records.Networks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConvScope.ML.Scoring;

/// <summary>Scales the images of rows, each of its own size, to the network's.</summary>
internal abstract class ImageReader : FeatureReader
{
    private readonly bool _skips;
    private readonly UnscoredRows _unscored;
    private byte[] _pixels;

    protected ImageReader(int images, Shape shape, ImageDecoding decoding, ILogger? log)
    {
        Decoder = new ImageDecoder(decoding, shape.Channels, shape.Height, shape.Width);
        _skips = decoding.OnCorrupt == CorruptImage.Skip;
        _unscored = new UnscoredRows(log ?? NullLogger.Instance);
        _pixels = new byte[checked(images * Decoder.Size)];
    }

    public override Array Buffer => _pixels;

    /// <summary>Decodes and scales.</summary>
    protected ImageDecoder Decoder { get; }

    public override string? Read(int index)
    {
        var reason = Decode(_pixels.AsSpan(index * Decoder.Size, Decoder.Size), out var name);
        if (reason is not null && !_skips)
            throw new DamagedFileException(name, $"Image '{ShownPath.Of(name)}' cannot be decoded: {reason}.");
        _unscored.Count(name, reason);
        return reason;
    }

    public override void Resize(int images) => Array.Resize(ref _pixels, checked(images * Decoder.Size));

    public override void Dispose() => _unscored.Dispose();

    /// <summary>Decodes the image of the current row.</summary>
    /// <param name="target">Gets its pixels.</param>
    /// <param name="name">The image as messages name it.</param>
    /// <returns>Null, or why it cannot be decoded.</returns>
    protected abstract string? Decode(Span<byte> target, out string name);
}
