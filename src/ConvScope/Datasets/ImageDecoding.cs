using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConvScope.Datasets;

/// <summary>
/// How a JPEG or PNG becomes pixels <c>[C, H, W]</c>: turned as its EXIF orientation says, scaled without a change of its aspect, and cropped around its centre. Grey, palette, CMYK and 16-bit images become RGB of
/// 8 bits; transparent pixels lie over black; one channel is the luma 0.299 R + 0.587 G + 0.114 B. The format is told by the content, whatever the name.
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
