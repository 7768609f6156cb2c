using ConvScope.Records.Files;
using Microsoft.Extensions.Logging;

namespace ConvScope.Datasets;

/// <summary>
/// CIFAR-10: 50,000 training and 10,000 test images of ten kinds of things, 32×32, colour.
/// Taken from the cache, where <c>cifar-10-binary.tar.gz</c> or <c>cifar-10-python.tar.gz</c> may lie, else from the public host. The archive's checksum must be the published one.
/// Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
/// </summary>
public static class Cifar10
{
    private static readonly CifarDataset _set = new(
        new CifarFormat("CIFAR-10", ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5"], ["test_batch"], ["labels"], "batches.meta", ["label_names"], ["batches.meta.txt"]),
        "cifar-10", [new("cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530"), new("cifar-10-python.tar.gz", "c58f30108f718f92721af3b95e74349a")]);

    /// <summary>Loads the 50,000 training images.</summary>
    /// <param name="cacheFolder">Where archives are kept, in its folder <c>cifar-10</c>; null for <c>CONVSCOPE_CACHE</c>, else the user's cache folder.</param>
    /// <param name="logger">Gets a line for a download; null for nobody.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <exception cref="IOException">No archive with the published checksum is in the cache or to be had; the message names each attempt and where to put one by hand.</exception>
    /// <exception cref="DamagedFileException">The archive cannot be read; the message names the file and the reason.</exception>
    public static Task<ImageSet> LoadTrainAsync(string? cacheFolder = null, ILogger? logger = null, CancellationToken cancellation = default) =>
        _set.LoadAsync(train: true, 0, cacheFolder, logger, cancellation);

    /// <summary>Loads the 10,000 test images.</summary>
    /// <inheritdoc cref="LoadTrainAsync" />
    public static Task<ImageSet> LoadTestAsync(string? cacheFolder = null, ILogger? logger = null, CancellationToken cancellation = default) =>
        _set.LoadAsync(train: false, 0, cacheFolder, logger, cancellation);

    /// <summary>Reads the training images of an archive that the caller trusts: of the exact format, but of any content and number of images.</summary>
    /// <param name="archivePath">A <c>.tar.gz</c> or <c>.tar</c> in the binary or the Python form, told apart by content.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DamagedFileException">The archive cannot be read; the message names the file and the reason.</exception>
    public static ImageSet ReadTrain(string archivePath) => _set.Read(archivePath, train: true, 0);

    /// <summary>Reads the test images of an archive that the caller trusts.</summary>
    /// <inheritdoc cref="ReadTrain" />
    public static ImageSet ReadTest(string archivePath) => _set.Read(archivePath, train: false, 0);
}
