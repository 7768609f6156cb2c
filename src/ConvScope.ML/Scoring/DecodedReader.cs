using ConvScope.Datasets;
using ConvScope.Records.Networks;
using Microsoft.Extensions.Logging;

namespace ConvScope.ML.Scoring;

/// <summary>Scales the images of a column of <see cref="MLImage"/>, such as <c>LoadImages</c> makes. They belong to whoever made them.</summary>
internal sealed class DecodedReader(DataViewRow row, DataViewSchema.Column column, int images, Shape shape, ImageDecoding decoding, ILogger? log) : ImageReader(images, shape, decoding, log)
{
    private readonly ValueGetter<MLImage?> _getter = row.GetGetter<MLImage?>(column);
    private MLImage? _image;

    protected override string? Decode(Span<byte> target, out string name)
    {
        _getter(ref _image);
        name = $"row {row.Position} of column {column.Name}";
        return _image is null ? "there is none" : Decoder.Take(_image.Pixels, _image.Width, _image.Height, _image.PixelFormat == MLPixelFormat.Bgra32, target);
    }
}
