using ConvScope.Datasets;
using ConvScope.Datasets.Decoding;
using ConvScope.Datasets.Files;
using ConvScope.Records.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConvScope.ML.Scoring;

/// <summary>Decodes the image files that a column of paths names. It keeps its buffers, and archives open that paths lead into.</summary>
internal sealed class PathReader : FeatureReader
{
    private readonly ValueGetter<ReadOnlyMemory<char>> _getter;
    private readonly ImageDecoder _decoder;
    private readonly PathFiles _files = new();
    private readonly bool _skips;
    private readonly UnscoredRows _unscored;
    private byte[] _pixels;
    private byte[] _file = [];
    private ReadOnlyMemory<char> _path;

    public PathReader(DataViewRow row, DataViewSchema.Column column, int images, ConvNetModel model)
    {
        var shape = model.Network.Input;
        _getter = row.GetGetter<ReadOnlyMemory<char>>(column);
        _decoder = new ImageDecoder(model.Decoding, shape.Channels, shape.Height, shape.Width);
        _skips = model.Decoding.OnCorrupt == CorruptImage.Skip;
        _unscored = new UnscoredRows(model.Log ?? NullLogger.Instance);
        _pixels = new byte[checked(images * _decoder.Size)];
    }

    public override Array Buffer => _pixels;

    /// <inheritdoc />
    /// <exception cref="DamagedFileException">The image cannot be decoded, and the decoding says that this is the end; the message names it.</exception>
    public override bool Read(int index)
    {
        _getter(ref _path);
        var path = _path.ToString();
        var reason = _files.Read(path, ref _file, out var length) ?? _decoder.Decode(_file.AsSpan(0, length), _pixels.AsSpan(index * _decoder.Size, _decoder.Size));
        if (reason is not null && !_skips)
            throw new DamagedFileException(path, $"Image '{ShownPath.Of(path)}' cannot be decoded: {reason}.");
        _unscored.Count(path, reason);
        return reason is null;
    }

    public override void Resize(int images) => Array.Resize(ref _pixels, checked(images * _decoder.Size));

    public override void Dispose()
    {
        _unscored.Dispose();
        _files.Dispose();
    }
}
