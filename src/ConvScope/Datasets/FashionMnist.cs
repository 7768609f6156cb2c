using Microsoft.Extensions.Logging;

namespace ConvScope.Datasets;

/// <summary>
/// Fashion-MNIST: 60,000 training and 10,000 test images of articles of clothing, 28×28, grey. Taken from the cache; else from Debian's package
/// <c>dataset-fashion-mnist</c> where it is installed; else from the public mirror. Source: Xiao, Rasul, Vollgraf, "Fashion-MNIST", 2017.
/// </summary>
public static class FashionMnist
{
    private static readonly DatasetFile[] _train =
    [
        new("train-images-idx3-ubyte", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
        new("train-labels-idx1-ubyte", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
    ];

    private static readonly DatasetFile[] _test =
    [
        new("t10k-images-idx3-ubyte", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
        new("t10k-labels-idx1-ubyte", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
    ];

    private static readonly IdxDataset _set = new("Fashion-MNIST", "fashion-mnist", ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"], () =>
    [
        LocalFolder.Create("/usr/share/datasets/fashion-mnist"),
        HttpMirror.Create("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
    ]);

    /// <summary>Names of the classes.</summary>
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
