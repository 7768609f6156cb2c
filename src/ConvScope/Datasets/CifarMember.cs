using ConvScope.Records.Checkpoints.Bytes;

namespace ConvScope.Datasets;

/// <summary>The images of one file of CIFAR.</summary>
/// <param name="Pixels">Images one after another, each red, green and blue planes of 32×32.</param>
/// <param name="Labels">Labels of each kind.</param>
internal sealed record CifarMember(byte[] Pixels, IReadOnlyList<byte[]> Labels)
{
    /// <summary>Bytes of an image.</summary>
    public const int ImageSize = 3 * 32 * 32;

    /// <summary>Number of images.</summary>
    public int Count => Pixels.Length / ImageSize;

    /// <summary>Reads the binary form: so many labels, then an image, again and again.</summary>
    /// <exception cref="InvalidDataException">The size is no whole number of images.</exception>
    public static CifarMember FromBinary(byte[] content, int labelKinds)
    {
        var record = labelKinds + ImageSize;
        if (content.Length == 0 || content.Length % record != 0)
            throw new InvalidDataException($"it has {content.Length} bytes, which is no whole number of images of {record} bytes");
        var count = content.Length / record;
        var pixels = new byte[count * ImageSize];
        byte[][] labels = [.. Enumerable.Range(0, labelKinds).Select(_ => new byte[count])];
        for (var image = 0; image < count; image++)
        {
            for (var kind = 0; kind < labelKinds; kind++)
                labels[kind][image] = content[image * record + kind];
            content.AsSpan(image * record + labelKinds, ImageSize).CopyTo(pixels.AsSpan(image * ImageSize));
        }

        return new CifarMember(pixels, labels);
    }

    /// <summary>Reads the dictionary of the Python form.</summary>
    /// <exception cref="InvalidDataException">An entry is missing, or has another form.</exception>
    public static CifarMember FromDictionary(IReadOnlyDictionary<object, object?> content, IReadOnlyList<string> labelKeys)
    {
        if (content.GetValueOrDefault("data") is not NumpyBytes { Shape: [> 0 and var count, ImageSize] } data)
            throw new InvalidDataException($"its entry 'data' is no array of bytes, N x {ImageSize}");
        return new CifarMember(data.Bytes, [.. labelKeys.Select(key => LabelsOf(content, key, count))]);
    }

    private static byte[] LabelsOf(IReadOnlyDictionary<object, object?> content, string key, int count)
    {
        if (content.GetValueOrDefault(key) is not IReadOnlyList<object?> labels || labels.Count != count)
            throw new InvalidDataException($"its entry '{key}' is no list of {count} labels");
        return [.. labels.Select(label => label is long and >= 0 and <= byte.MaxValue ? (byte)(long)label : throw new InvalidDataException($"its entry '{key}' holds something that is no label"))];
    }
}
