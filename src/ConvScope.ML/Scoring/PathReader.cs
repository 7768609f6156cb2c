using ConvScope.Datasets;
using ConvScope.Datasets.Files;
using ConvScope.Records.Networks;
using Microsoft.Extensions.Logging;

namespace ConvScope.ML.Scoring;

/// <summary>Decodes the image files that a column of paths names. It keeps its buffers, and archives open that paths lead into.</summary>
internal sealed class PathReader(DataViewRow row, DataViewSchema.Column column, int images, Shape shape, ImageDecoding decoding, ILogger? log) : ImageReader(images, shape, decoding, log)
{
    private readonly ValueGetter<ReadOnlyMemory<char>> _getter = row.GetGetter<ReadOnlyMemory<char>>(column);
    private readonly PathFiles _files = new();
    private byte[] _file = [];
    private ReadOnlyMemory<char> _path;

    public override void Dispose()
    {
        base.Dispose();
        _files.Dispose();
    }

    protected override string? Decode(Span<byte> target, out string name)
    {
        _getter(ref _path);
        name = _path.ToString();
        return _files.Read(name, ref _file, out var length) ?? Decoder.Decode(_file.AsSpan(0, length), target);
    }
}
