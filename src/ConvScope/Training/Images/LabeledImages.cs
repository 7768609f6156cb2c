using System.Security.Cryptography;
using ConvScope.Datasets;
using ConvScope.Native;
using ConvScope.Records.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Training.Images;

/// <summary>
/// Images and their labels as two tensors: a whole set, held once, from which a training step selects its rows. It is held on the
/// device that trains; where that is a GPU whose memory is too small for it, in host memory, and each batch is copied. A training says
/// so before its first step.
/// </summary>
public sealed class LabeledImages : TrainingImages
{
    private const long RowsHashedAtOnce = 256; // a span holds 2 GiB

    private LabeledImages(Tensor images, Tensor labels, Device device, string? hostReason)
    {
        Images = images;
        Labels = labels;
        Device = device;
        HostReason = hostReason;
    }

    /// <summary>Raw pixels, <c>[N, C, H, W]</c>, bytes or 32-bit floats.</summary>
    public Tensor Images { get; }

    /// <summary>Class indices from 0, 64-bit integers, or the numbers of a regression, 32-bit floats; <c>[N]</c>.</summary>
    public Tensor Labels { get; }

    /// <summary>Number of images <c>N</c>.</summary>
    public override long Count => Labels.NumberOfElements;

    /// <inheritdoc />
    public override Device Device { get; }

    /// <summary>Whether the images lie in host memory and batches go to a GPU.</summary>
    internal bool IsOnHost => HostReason is not null;

    internal override string? HostReason { get; }

    /// <summary>SHA-256 over all pixels and then all labels as they lie in memory, as lower-case hexadecimal: the set's identity in a record.</summary>
    public override string Checksum()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in new[] { Images, Labels })
        {
            for (var start = 0L; start < Count; start += RowsHashedAtOnce)
            {
                using var scope = NewDisposeScope();
                hash.AppendData(tensor.narrow(0, start, Math.Min(RowsHashedAtOnce, Count - start)).cpu().bytes);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Copies byte pixels and labels to a device.</summary>
    /// <param name="pixels">All images one after another, each <c>[C, H, W]</c>.</param>
    /// <param name="labels">Class index of each image, from 0.</param>
    /// <param name="shape">Shape of one image.</param>
    /// <param name="device">Where the tensors go; null for the CPU.</param>
    /// <param name="classNames">Names of the classes in the order of their indices; null where they have none.</param>
    /// <exception cref="ArgumentException">There are no labels, one is negative, or the pixels do not fit labels and shape.</exception>
    public static LabeledImages Create(byte[] pixels, long[] labels, Shape shape, Device? device = null, IReadOnlyList<string>? classNames = null) =>
        CreateClasses(pixels, labels, shape, device, classNames);

    /// <summary>A data set in memory as tensors; on the CPU they share its pixels.</summary>
    /// <param name="images">The data set, such as <c>await Mnist.LoadTrainAsync()</c>.</param>
    /// <param name="device">Where the tensors go; null for the CPU.</param>
    /// <exception cref="ArgumentException">There are no images.</exception>
    public static LabeledImages Create(ImageSet images, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Create(images.Pixels, [.. Enumerable.Range(0, images.Count).Select(index => (long)images.Label(index))], new Shape(images.Channels, images.Height, images.Width), device, images.ClassNames);
    }

    /// <inheritdoc cref="Create(byte[], long[], Shape, Device?, IReadOnlyList{string}?)" />
    public static LabeledImages Create(float[] pixels, long[] labels, Shape shape, Device? device = null, IReadOnlyList<string>? classNames = null) =>
        CreateClasses(pixels, labels, shape, device, classNames);

    /// <summary>Copies byte pixels and the numbers that a regression learns to a device.</summary>
    /// <param name="pixels">All images one after another, each <c>[C, H, W]</c>.</param>
    /// <param name="labels">Number of each image, in any unit.</param>
    /// <param name="shape">Shape of one image.</param>
    /// <param name="device">Where the tensors go; null for the CPU.</param>
    /// <exception cref="ArgumentException">There are no labels, one is not finite, or the pixels do not fit labels and shape.</exception>
    public static LabeledImages CreateRegression(byte[] pixels, float[] labels, Shape shape, Device? device = null) => CreateNumbers(pixels, labels, shape, device);

    /// <inheritdoc cref="CreateRegression(byte[], float[], Shape, Device?)" />
    public static LabeledImages CreateRegression(float[] pixels, float[] labels, Shape shape, Device? device = null) => CreateNumbers(pixels, labels, shape, device);

    /// <inheritdoc />
    public override void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }

    internal override Tensor AllLabels() => Labels;

    internal override ImageBatches Shuffled(Generator shuffle, int batchSize, CancellationToken cancellation, DrawnOrder? drawn = null) =>
        Ahead(new ResidentBatches(this, batchSize, shuffle, drawn), withRows: false);

    internal override ImageBatches InOrder(int batchSize, CancellationToken cancellation) =>
        Ahead(new ResidentBatches(this, batchSize), withRows: true);

    internal override Tensor Select(IReadOnlyList<long> rows) =>
        Images.index_select(0, tensor(rows.ToArray(), device: Images.device)).to(Device);

    internal override (Tensor Images, Tensor Labels) First(int most)
    {
        var size = Math.Min(Count, most);
        return (Images.narrow(0, 0, size).to(Device), Labels.narrow(0, 0, size).to(Device));
    }

    /// <summary>Copies pixels and labels to where they fit.</summary>
    /// <param name="pixels">All images one after another, bytes or floats.</param>
    /// <param name="labels">Classes or numbers.</param>
    /// <param name="shape">Shape of one image.</param>
    /// <param name="device">The device that trains.</param>
    /// <param name="free">Gives the bytes that are free on a device; null where that is not known.</param>
    /// <param name="classNames">Names of the classes; null where they have none.</param>
    internal static LabeledImages Create(Array pixels, Array labels, Shape shape, Device device, Func<Device, long?> free, IReadOnlyList<string>? classNames = null)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(shape);
        if (labels.Length == 0)
            throw new ArgumentException("There are no images.", nameof(labels));
        var needed = (long)labels.Length * shape.Count;
        if (pixels.LongLength != needed)
        {
            var text = $"{labels.Length} images of {shape} need {needed} pixels; there are {pixels.LongLength}.";
            throw new ArgumentException(text, nameof(pixels));
        }

        TorchRuntime.Load();
        using var scope = NewDisposeScope();
        // from_array pins the array and shares its memory; on the CPU nothing is copied.
        return Create(from_array(pixels).reshape([labels.Length, .. shape.Axes.Select(axis => (long)axis)]), labels, device, free, classNames);
    }

    /// <summary>Takes pixels in host memory, <c>[N, C, H, W]</c>, where they are or to where they fit. It may be more than an array holds.</summary>
    /// <inheritdoc cref="Create(Array, Array, Shape, Device, Func{Device, long?}, IReadOnlyList{string}?)" />
    internal static LabeledImages Create(Tensor pixels, Array labels, Device device, Func<Device, long?> free, IReadOnlyList<string>? classNames = null)
    {
        using var scope = NewDisposeScope();
        var itsLabels = from_array(labels); // [N]
        var bytes = pixels.NumberOfElements * pixels.ElementSize + itsLabels.NumberOfElements * itsLabels.ElementSize;
        var (home, reason) = ImagePlacement.Choose(bytes, device, free);
        var images = pixels.alias().to(home).DetachFromDisposeScope();
        return new LabeledImages(images, itsLabels.to(home).DetachFromDisposeScope(), Devices.Exact(device), reason) { ClassNames = classNames };
    }

    private ImageBatches Ahead(ResidentBatches batches, bool withRows) =>
        IsOnHost && Upload.IsAsynchronous(Device) ? new BatchesAhead(batches, withRows) : batches;

    private static LabeledImages CreateClasses(Array pixels, long[] labels, Shape shape, Device? device, IReadOnlyList<string>? classNames)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (Array.FindIndex(labels, label => label < 0) is var negative and >= 0)
            throw new ArgumentException($"Labels are class indices from 0; that of image {negative} is {labels[negative]}.", nameof(labels));
        return Create(pixels, labels, shape, device ?? CPU, DeviceMemory.Free, classNames);
    }

    private static LabeledImages CreateNumbers(Array pixels, float[] labels, Shape shape, Device? device)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (Array.FindIndex(labels, label => !float.IsFinite(label)) is var odd and >= 0)
            throw new ArgumentException($"Labels of a regression are finite numbers; that of image {odd} is {labels[odd]}.", nameof(labels));
        return Create(pixels, labels, shape, device ?? CPU, DeviceMemory.Free);
    }
}
