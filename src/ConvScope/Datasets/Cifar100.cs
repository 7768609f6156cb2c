using ConvScope.Records.Files;
using Microsoft.Extensions.Logging;

namespace ConvScope.Datasets;

/// <summary>
/// CIFAR-100: 50,000 training and 10,000 test images of a hundred kinds of things in twenty groups, 32×32, colour.
/// Taken from the cache, where <c>cifar-100-binary.tar.gz</c> or <c>cifar-100-python.tar.gz</c> may lie, else from the public host. The archive's checksum must be the published one.
/// Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
/// </summary>
public static class Cifar100
{
    private static readonly CifarDataset _set = new(
        new CifarFormat("CIFAR-100", ["train"], ["test"], ["coarse_labels", "fine_labels"], "meta", ["coarse_label_names", "fine_label_names"], ["coarse_label_names.txt", "fine_label_names.txt"]),
        "cifar-100", [new("cifar-100-binary.tar.gz", "03b5dce01913d631647c71ecec9e9cb8"), new("cifar-100-python.tar.gz", "eb9058c3a382ffc7106e4002c42a8d85")]);

    /// <summary>Loads the 50,000 training images.</summary>
    /// <param name="labels">Which labels: 100 fine ones or 20 coarse ones.</param>
    /// <param name="cacheFolder">Where archives are kept, in its folder <c>cifar-100</c>; null for <c>CONVSCOPE_CACHE</c>, else the user's cache folder.</param>
    /// <param name="logger">Gets a line for a download; null for nobody.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <exception cref="IOException">No archive with the published checksum is in the cache or to be had; the message names each attempt and where to put one by hand.</exception>
    /// <exception cref="DamagedFileException">The archive cannot be read; the message names the file and the reason.</exception>
    public static Task<ImageSet> LoadTrainAsync(CifarLabels labels = CifarLabels.Fine, string? cacheFolder = null, ILogger? logger = null, CancellationToken cancellation = default) =>
        _set.LoadAsync(train: true, Kind(labels), cacheFolder, logger, cancellation);

    /// <summary>Loads the 10,000 test images.</summary>
    /// <inheritdoc cref="LoadTrainAsync" />
    public static Task<ImageSet> LoadTestAsync(CifarLabels labels = CifarLabels.Fine, string? cacheFolder = null, ILogger? logger = null, CancellationToken cancellation = default) =>
        _set.LoadAsync(train: false, Kind(labels), cacheFolder, logger, cancellation);

    /// <summary>Reads the training images of an archive that the caller trusts: of the exact format, but of any content and number of images.</summary>
    /// <param name="archivePath">A <c>.tar.gz</c> or <c>.tar</c> in the binary or the Python form, told apart by content.</param>
    /// <param name="labels">Which labels: 100 fine ones or 20 coarse ones.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DamagedFileException">The archive cannot be read; the message names the file and the reason.</exception>
    public static ImageSet ReadTrain(string archivePath, CifarLabels labels = CifarLabels.Fine) => _set.Read(archivePath, train: true, Kind(labels));

    /// <summary>Reads the test images of an archive that the caller trusts.</summary>
    /// <inheritdoc cref="ReadTrain" />
    public static ImageSet ReadTest(string archivePath, CifarLabels labels = CifarLabels.Fine) => _set.Read(archivePath, train: false, Kind(labels));

    private static int Kind(CifarLabels labels) => labels switch
    {
        CifarLabels.Coarse => 0,
        CifarLabels.Fine => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(labels), labels, $"Labels are {nameof(CifarLabels.Fine)} or {nameof(CifarLabels.Coarse)}."),
    };
}
