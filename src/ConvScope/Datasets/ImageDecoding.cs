using System.Text.Json;
using System.Text.Json.Serialization;
using ConvScope.Datasets.Decoding;
using ConvScope.Records.Networks;

namespace ConvScope.Datasets;

/// <summary>
/// How an image file becomes pixels <c>[C, H, W]</c>: turned as its EXIF orientation says, scaled without a change of its aspect, and cropped around its centre. JPEG, PNG, WebP, BMP and GIF are read, told by the
/// content, whatever the name; of an animated image the first frame. Grey, palette, CMYK and 16-bit images become RGB of 8 bits; transparent pixels lie over <see cref="Background"/>; one channel is the luma
/// 0.299 R + 0.587 G + 0.114 B. Training, validation, prediction and a service get the same pixels of the same file.
/// </summary>
public sealed record ImageDecoding
{
    private const long LargestMostPixels = 500_000_000; // four bytes each in one buffer

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>
    /// Share of the scaled image that the crop keeps along the side that limits it, above 0 to 1: 1, the default, keeps all that fits the crop's aspect; 0.875 is the usual 224 of 256 pixels of ImageNet's networks.
    /// </summary>
    public double CropShare { get; init; } = 1;

    /// <summary>Pixels that an image may have, 1 to 500,000,000; a larger one counts as corrupt and is refused before memory is spent on it. Default 50,000,000.</summary>
    public long MostPixels { get; init; } = 50_000_000;

    /// <summary>The colour behind pixels that are transparent or partly so. Default black.</summary>
    public RgbColor Background { get; init; } = RgbColor.Black;

    /// <summary>What becomes of an image that cannot be read or decoded. Default <see cref="CorruptImage.Fail"/>.</summary>
    public CorruptImage OnCorrupt { get; init; } = CorruptImage.Fail;

    /// <summary>Checks every value against its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        if (!(CropShare is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(CropShare), CropShare, $"{nameof(CropShare)} must be above 0 to 1.");
        if (MostPixels is < 1 or > LargestMostPixels)
            throw new ArgumentOutOfRangeException(nameof(MostPixels), MostPixels, $"{nameof(MostPixels)} must be 1 to {LargestMostPixels}.");
        if (!Enum.IsDefined(OnCorrupt))
            throw new ArgumentOutOfRangeException(nameof(OnCorrupt), OnCorrupt, $"{nameof(OnCorrupt)} must be {nameof(CorruptImage.Fail)} or {nameof(CorruptImage.Skip)}.");
    }

    /// <summary>Decodes one image file, as a training or a prediction with the same settings does.</summary>
    /// <param name="file">The content of the file.</param>
    /// <param name="shape">Shape of the image, <c>[C, H, W]</c> of one channel (grey) or three (red, green, blue), such as <c>network.Input</c>.</param>
    /// <returns>Pixels 0 to 255, channel after channel, rows from the top.</returns>
    /// <exception cref="InvalidDataException">The content is no such image, or a damaged or too large one; the message says which.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The shape has other channels, or a setting is out of its range.</exception>
    public byte[] Decode(ReadOnlySpan<byte> file, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var decoder = new ImageDecoder(this, shape.Channels, shape.Height, shape.Width);
        var pixels = new byte[decoder.Size];
        return decoder.Decode(file, pixels) is { } reason ? throw new InvalidDataException($"The image cannot be decoded: {reason}.") : pixels;
    }

    /// <summary>The settings as JSON, as a model file keeps them.</summary>
    internal string ToJson() => JsonSerializer.Serialize(this, _json);

    /// <summary>Reads <see cref="ToJson"/>.</summary>
    /// <exception cref="InvalidDataException">The text is something else.</exception>
    internal static ImageDecoding FromJson(string json)
    {
        try
        {
            var decoding = JsonSerializer.Deserialize<ImageDecoding>(json, _json) ?? throw new JsonException("It is empty.");
            decoding.Validate();
            return decoding;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"The model's image decoding cannot be read: {exception.Message}", exception);
        }
    }
}
