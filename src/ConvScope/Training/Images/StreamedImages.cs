using System.Globalization;
using ConvScope.Datasets;
using ConvScope.Datasets.Decoding;
using ConvScope.Datasets.Files;
using ConvScope.Native;
using ConvScope.Records.Networks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace ConvScope.Training.Images;

/// <summary>
/// Labelled image files that are decoded anew in every epoch, on several threads and some batches ahead, while the network computes: memory is that of a few batches, whatever the size of the set. The same seed gives
/// the same batches with any number of threads. A batch from which corrupt images are left out is smaller.
/// </summary>
/// <remarks>
/// An inspection does not look for validation images that are in a streamed training set too. Evaluation takes batches of at most 16 MiB of pixels.
/// </remarks>
public sealed class StreamedImages : TrainingImages
{
    private const int MostAhead = 1 << 27, MostEvaluated = 1 << 24; // bytes
    private readonly ImageFiles _files;
    private readonly StreamingOptions _streaming;
    private readonly bool _ownsFiles;

    private StreamedImages(ImageFiles files, Shape shape, ImageDecoding decoding, StreamingOptions streaming, Device device, ILogger logger, bool ownsFiles)
    {
        _ownsFiles = ownsFiles;
        _files = files;
        _streaming = streaming;
        Shape = shape;
        Decoding = decoding;
        Device = Devices.Exact(device);
        Corrupt = new CorruptImages(files, decoding.OnCorrupt, logger);
    }

    /// <inheritdoc />
    public override long Count => _files.Count;

    /// <inheritdoc />
    public override Device Device { get; }

    /// <summary>Shape of one image.</summary>
    public Shape Shape { get; }

    /// <summary>How files become pixels.</summary>
    public ImageDecoding Decoding { get; }

    /// <summary>What is done about corrupt images.</summary>
    internal CorruptImages Corrupt { get; }

    /// <summary>Streams the images of a folder or archive.</summary>
    /// <inheritdoc cref="TrainingImages.Open(ImageFolder, Shape, ImageDecoding?, StreamingOptions?, Device?, ILogger?, CancellationToken)" />
    public static StreamedImages Create(ImageFolder folder, Shape shape, ImageDecoding? decoding = null, StreamingOptions? streaming = null, Device? device = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return Create(folder.Files, shape, decoding ?? new(), streaming ?? new(), device, logger);
    }

    /// <summary>SHA-256 over the names, lengths and classes of all files and how they are decoded, lower-case hexadecimal; their contents are not read.</summary>
    public override string Checksum() => _files.Checksum(string.Create(CultureInfo.InvariantCulture, $"{Shape} {Decoding.CropShare}{(Decoding.Background == RgbColor.Black ? "" : $" over {Decoding.Background}")}"));

    /// <summary>Closes archives that were opened for this set alone; an <see cref="ImageFolder"/> belongs to whoever opened it. Threads end with the pass that needed them.</summary>
    public override void Dispose()
    {
        if (_ownsFiles)
            _files.Dispose();
    }

    /// <inheritdoc cref="Create(ImageFolder, Shape, ImageDecoding?, StreamingOptions?, Device?, ILogger?)" />
    internal static StreamedImages Create(ImageFiles files, Shape shape, ImageDecoding decoding, StreamingOptions streaming, Device? device, ILogger? logger, bool ownsFiles = false)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Axes.Length != 3)
            throw new ArgumentException($"Images have the shape [C, H, W]; {shape} is another.", nameof(shape));
        streaming.Validate();
        if (files.Count == 0)
            throw new ArgumentException("There are no images.", nameof(files));
        _ = new ImageDecoder(decoding, shape.Channels, shape.Height, shape.Width);
        TorchRuntime.Load();
        return new StreamedImages(files, shape, decoding, streaming, device ?? CPU, logger ?? NullLogger.Instance, ownsFiles) { ClassNames = files.ClassNames, Weights = files.Weights };
    }

    /// <summary>Decodes all images and holds them.</summary>
    internal LabeledImages Hold(CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var pixels = empty([Count, Shape.Channels, Shape.Height, Shape.Width], ScalarType.Byte, CPU); // native: an array ends at 2 GiB
        var rows = new List<int>();
        using var batches = Decoded([.. Enumerable.Range(0, (int)Count)], Math.Max(1, (1 << 20) / Shape.Count));
        while (batches.MoveNext(cancellation))
        {
            var left = Corrupt.LeftOver(batches);
            if (left.Count == 0)
                continue;
            using var places = pixels.narrow(0, rows.Count, left.Count);
            var bytes = places.bytes;
            for (var i = 0; i < left.Count; i++)
                batches.Current.Place(left[i].Place).CopyTo(bytes[(i * Shape.Count)..]);
            rows.AddRange(left.Select(image => image.Row));
        }

        Corrupt.CheckAnyLeft(rows.Count);
        pixels = rows.Count < Count ? pixels.narrow(0, 0, rows.Count).clone() : pixels;
        Array labels = _files.Numbers is { } numbers ? rows.Select(row => numbers[row]).ToArray() : rows.Select(row => (long)_files.Labels[row]).ToArray();
        var held = LabeledImages.Create(pixels, labels, Device, DeviceMemory.Free, ClassNames);
        held.Weights = Weights is { } weights ? [.. rows.Select(row => weights[row])] : null;
        return held;
    }

    internal override Tensor AllLabels() => LabelsOf(Enumerable.Range(0, (int)Count));

    /// <summary>Labels of some images, <c>[N]</c>, in the dispose scope that is open.</summary>
    internal Tensor LabelsOf(IEnumerable<int> rows)
    {
        var labels = _files.Numbers is { } numbers
            ? from_array(rows.Select(row => numbers[row]).ToArray())
            : from_array(rows.Select(row => (long)_files.Labels[row]).ToArray());
        return Upload.Send(labels, Device);
    }

    internal override ImageBatches Shuffled(Generator shuffle, int batchSize, CancellationToken cancellation, DrawnOrder? drawn = null)
    {
        if (drawn is not null)
            return Batches(drawn.Next(shuffle), batchSize, withRows: false, cancellation);
        using var seed = randint(long.MaxValue, [1], ScalarType.Int64, CPU, generator: shuffle);
        var order = BlockOrder.Create((int)Count, (ulong)seed.item<long>(), _streaming.BlockSize, _streaming.MixedBlocks);
        return Batches(order, batchSize, withRows: false, cancellation);
    }

    internal override ImageBatches InOrder(int batchSize, CancellationToken cancellation) =>
        Batches([.. Enumerable.Range(0, (int)Count)], Math.Min(batchSize, MostAtOnce), withRows: true, cancellation);

    internal override Tensor Select(IReadOnlyList<long> rows)
    {
        var pixels = new byte[rows.Count * Shape.Count];
        var reader = NewReader();
        for (var i = 0; i < rows.Count; i++)
        {
            var place = pixels.AsSpan(i * Shape.Count, Shape.Count);
            if (reader.Read((int)rows[i], place) is { } reason)
            {
                Corrupt.Note((int)rows[i], reason);
                place.Clear();
            }
        }

        return from_array(pixels).reshape(rows.Count, Shape.Channels, Shape.Height, Shape.Width).to(Device);
    }

    internal override (Tensor Images, Tensor Labels) First(int most)
    {
        int[] first = [.. Enumerable.Range(0, Math.Min((int)Count, Math.Min(most, MostAtOnce)))];
        using var batches = Batches(first, most, withRows: false, CancellationToken.None);
        return batches.MoveNext()
            ? batches.Take()
            : (zeros([0, Shape.Channels, Shape.Height, Shape.Width], ScalarType.Byte, Device), LabelsOf([]));
    }

    private int MostAtOnce => Math.Max(1, MostEvaluated / Shape.Count);

    private ImageBatches Batches(int[] order, int batchSize, bool withRows, CancellationToken cancellation)
    {
        var batches = new StreamedBatches(this, Decoded(order, Math.Min(batchSize, order.Length)), cancellation);
        return Upload.IsAsynchronous(Device) ? new BatchesAhead(batches, withRows) : batches;
    }

    private DecodedBatches Decoded(int[] order, int batchSize)
    {
        var ahead = Math.Min(_streaming.PrefetchedBatches, Math.Max(2, MostAhead / ((long)batchSize * Shape.Count)));
        return new DecodedBatches(order, batchSize, (int)ahead, Shape.Count, [.. Enumerable.Range(0, _streaming.DecoderThreads ?? Environment.ProcessorCount).Select(_ => NewReader())]);
    }

    private ImageReader NewReader() => new(_files, new ImageDecoder(Decoding, Shape.Channels, Shape.Height, Shape.Width));
}
