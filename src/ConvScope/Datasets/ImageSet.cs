using System.Security.Cryptography;

namespace ConvScope.Datasets;

/// <summary>Labelled images in host memory: all pixels in one array, bytes as the data set has them.</summary>
public sealed class ImageSet
{
    private readonly byte[] _labels;

    /// <summary>Makes a set; the arrays are not copied and not to be changed afterwards.</summary>
    /// <param name="name">Name of the data set.</param>
    /// <param name="pixels">All images one after another, each <c>[C, H, W]</c>, rows from the top, 0 to 255.</param>
    /// <param name="labels">Class index of each image, from 0.</param>
    /// <param name="channels">Channels <c>C</c>, at least 1.</param>
    /// <param name="height">Rows <c>H</c>, at least 1.</param>
    /// <param name="width">Columns <c>W</c>, at least 1.</param>
    /// <param name="classNames">Name of each class, in the order of the indices.</param>
    /// <exception cref="ArgumentException">Pixels and labels do not fit together, or a label is outside the classes.</exception>
    public ImageSet(string name, byte[] pixels, byte[] labels, int channels, int height, int width, IReadOnlyList<string> classNames)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classNames);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        var size = checked(channels * height * width);
        if (pixels.LongLength != (long)labels.Length * size)
            throw new ArgumentException($"{labels.Length} images of {channels}x{height}x{width} need {(long)labels.Length * size} pixels; there are {pixels.LongLength}.", nameof(pixels));
        var outside = Array.FindIndex(labels, label => label >= classNames.Count);
        if (outside >= 0)
            throw new ArgumentException($"Image {outside} has label {labels[outside]}; there are {classNames.Count} classes.", nameof(labels));
        Name = name;
        Channels = channels;
        Height = height;
        Width = width;
        ClassNames = classNames;
        Pixels = pixels;
        _labels = labels;
    }

    /// <summary>Name of the data set.</summary>
    public string Name { get; }

    /// <summary>Number of images.</summary>
    public int Count => _labels.Length;

    /// <summary>Channels of an image.</summary>
    public int Channels { get; }

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Columns of an image.</summary>
    public int Width { get; }

    /// <summary>Name of each class, in the order of the indices.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Values of one image.</summary>
    public int ImageSize => Channels * Height * Width;

    /// <summary>All images one after another; not to be changed.</summary>
    internal byte[] Pixels { get; }

    /// <summary>The pixels of one image, <c>[C, H, W]</c>, 0 to 255.</summary>
    public ReadOnlySpan<byte> Image(int index) => Pixels.AsSpan(index * ImageSize, ImageSize);

    /// <summary>The class index of one image.</summary>
    public int Label(int index) => _labels[index];

    /// <summary>A part of the set as a set of its own; pixels and labels are copied.</summary>
    /// <param name="start">First image, from 0.</param>
    /// <param name="count">Number of images.</param>
    public ImageSet Slice(int start, int count) => new(
        Name, Pixels.AsSpan(start * ImageSize, count * ImageSize).ToArray(), _labels.AsSpan(start, count).ToArray(), Channels, Height, Width, ClassNames);

    /// <summary>SHA-256 over all pixels and then all labels, as lower-case hexadecimal: the set's identity in a record.</summary>
    public string Checksum()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Pixels);
        hash.AppendData(_labels);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
