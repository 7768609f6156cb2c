using ConvScope.Datasets;
using ConvScope.Records.Networks;
using Microsoft.Extensions.Logging;

namespace ConvScope.ML.Scoring;

/// <summary>Decodes image files whose bytes a column holds.</summary>
internal sealed class FileReader(DataViewRow row, DataViewSchema.Column column, int images, Shape shape, ImageDecoding decoding, ILogger? log) : ImageReader(images, shape, decoding, log)
{
    private readonly ValueGetter<VBuffer<byte>> _getter = row.GetGetter<VBuffer<byte>>(column);
    private VBuffer<byte> _file;
    private readonly int _pixels = shape.Count;
    private byte[] _dense = [];

    protected override string? Decode(Span<byte> target, out string name)
    {
        _getter(ref _file);
        name = $"row {row.Position} of column {column.Name}";
        if (!_file.IsDense && _dense.Length < _file.Length)
            _dense = new byte[_file.Length];
        if (!_file.IsDense)
            _file.CopyTo(_dense);
        var reason = Decoder.Decode(_file.IsDense ? _file.GetValues() : _dense.AsSpan(0, _file.Length), target);
        return reason is null || _file.Length != _pixels ? reason : $"{reason}; {_pixels} bytes may be raw pixels: give the column a size, [VectorType({_pixels})]";
    }
}
