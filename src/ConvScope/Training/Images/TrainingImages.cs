using ConvScope.Datasets;
using ConvScope.Datasets.Files;
using ConvScope.Native;
using ConvScope.Records.Files;
using ConvScope.Records.Networks;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace ConvScope.Training.Images;

/// <summary>Labelled images that a training takes its batches from: held as tensors (<see cref="LabeledImages"/>), or decoded from files while the network computes (<see cref="StreamedImages"/>).</summary>
public abstract class TrainingImages : IDisposable
{
    private protected TrainingImages()
    {
    }

    /// <summary>Number of images <c>N</c>, those included that turn out to be corrupt while they are streamed.</summary>
    public abstract long Count { get; }

    /// <summary>Names of the classes in the order of their indices; null where they are not known, and for a regression.</summary>
    public IReadOnlyList<string>? ClassNames { get; internal init; }

    /// <summary>How much each image counts in the training loss, or how often it is drawn (<see cref="Sampling.ByWeight"/>), 0 or more; null for 1 each.</summary>
    public IReadOnlyList<float>? Weights { get; internal set; }

    /// <summary>Where batches lie.</summary>
    public abstract Device Device { get; }

    /// <summary>Why the images stay in host memory although batches go to a GPU, with sizes; null where they do not.</summary>
    internal virtual string? HostReason => null;

    /// <summary>How batches get from host memory to the device.</summary>
    internal Upload Upload { get; set; } = Upload.Default;

    /// <summary>The set's identity in a record, lower-case hexadecimal.</summary>
    public abstract string Checksum();

    /// <summary>The images of a folder or archive: decoded once and held where they fit <see cref="StreamingOptions.ResidentLimit"/>, else streamed.</summary>
    /// <param name="folder">The files. They are read as long as a streamed set lives, and may be disposed after it.</param>
    /// <param name="shape">Shape of one image, of one or three channels.</param>
    /// <param name="decoding">How files become pixels; null for the defaults.</param>
    /// <param name="streaming">How they are streamed; null for the defaults.</param>
    /// <param name="device">Where batches go; null for the CPU.</param>
    /// <param name="logger">Gets a warning for each corrupt image that is left out; null for nobody.</param>
    /// <param name="cancellation">Ends the decoding of a set that is held.</param>
    /// <exception cref="DamagedFileException">An image of a set that is held is corrupt and <see cref="ImageDecoding.OnCorrupt"/> says <see cref="CorruptImage.Fail"/>, or all are.</exception>
    /// <exception cref="ArgumentException">An option is out of its range, or the shape is of other channels.</exception>
    public static TrainingImages Open(
        ImageFolder folder, Shape shape, ImageDecoding? decoding = null, StreamingOptions? streaming = null, Device? device = null, ILogger? logger = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return Open(folder.Files, shape, decoding ?? new(), streaming ?? new(), device, logger, ownsFiles: false, cancellation);
    }

    /// <inheritdoc />
    public abstract void Dispose();

    /// <inheritdoc cref="Open(ImageFolder, Shape, ImageDecoding?, StreamingOptions?, Device?, ILogger?, CancellationToken)" />
    internal static TrainingImages Open(
        ImageFiles files, Shape shape, ImageDecoding decoding, StreamingOptions streaming, Device? device, ILogger? logger, bool ownsFiles = false, CancellationToken cancellation = default)
    {
        var streamed = StreamedImages.Create(files, shape, decoding, streaming, device, logger, ownsFiles);
        if ((decimal)files.Count * shape.Count > streaming.ResidentLimit)
            return streamed;
        using (streamed)
            return streamed.Hold(cancellation);
    }

    /// <summary>The labels of all images, <c>[N]</c>: those of a set that is held, or made for the dispose scope that is open. The caller does not dispose them.</summary>
    internal abstract Tensor AllLabels();

    /// <summary>The batches of an epoch in random order.</summary>
    /// <param name="shuffle">Decides the order; it is left where the next epoch goes on.</param>
    /// <param name="batchSize">Images of a batch.</param>
    /// <param name="cancellation">Ends a wait for images.</param>
    /// <param name="drawn">Draws images by their chances, as many as there are; null for each once.</param>
    internal abstract ImageBatches Shuffled(Generator shuffle, int batchSize, CancellationToken cancellation, DrawnOrder? drawn = null);

    /// <summary>The batches of one pass in the set's own order; a streamed set may make them smaller.</summary>
    /// <param name="batchSize">Images of a batch.</param>
    /// <param name="cancellation">Ends a wait for images.</param>
    internal abstract ImageBatches InOrder(int batchSize, CancellationToken cancellation);

    /// <summary>Some images, <c>[M, C, H, W]</c>, in the dispose scope that is open; one that can no longer be read is black.</summary>
    internal abstract Tensor Select(IReadOnlyList<long> rows);

    /// <summary>Images and labels at the beginning of the set, at most so many; a streamed set may give fewer.</summary>
    internal abstract (Tensor Images, Tensor Labels) First(int most);
}
