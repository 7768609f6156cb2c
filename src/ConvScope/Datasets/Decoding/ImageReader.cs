using ConvScope.Datasets.Files;

namespace ConvScope.Datasets.Decoding;

/// <summary>Reads and decodes images of a list. It keeps its buffers and serves one thread.</summary>
/// <param name="files">The list.</param>
/// <param name="decoder">Decodes.</param>
internal sealed class ImageReader(ImageFiles files, ImageDecoder decoder)
{
    private const int LargestKeptBuffer = 1 << 24;
    private byte[] _file = [];

    /// <summary>Reads an image.</summary>
    /// <param name="index">The image.</param>
    /// <param name="target">Gets its pixels, <c>[C, H, W]</c>.</param>
    /// <returns>Null, or why it cannot be read or decoded.</returns>
    public string? Read(int index, Span<byte> target)
    {
        try
        {
            var length = files.Read(index, ref _file);
            return decoder.Decode(_file.AsSpan(0, length), target);
        }
        catch (Exception exception) when (FileSource.IsOfTheFile(exception))
        {
            return exception.Message;
        }
        finally
        {
            if (_file.Length > LargestKeptBuffer)
                _file = [];
        }
    }
}
