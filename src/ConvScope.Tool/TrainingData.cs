using ConvScope.Datasets;
using ConvScope.ML;
using ConvScope.Records.Networks;
using Microsoft.ML;

namespace ConvScope.Tool;

/// <summary>The images that <c>convscope train</c> trains and tests on, as views.</summary>
/// <param name="Name">Name of the data set, as the record keeps it.</param>
/// <param name="Train">Rows with features and label, which is a text.</param>
/// <param name="Test">Rows to test on; null for none.</param>
/// <param name="FeatureColumn">Name of the feature column.</param>
/// <param name="ClassCount">Number of classes.</param>
/// <param name="Shape">Shape of one image.</param>
internal sealed record TrainingData(string Name, IDataView Train, IDataView? Test, string FeatureColumn, int ClassCount, Shape Shape)
{
    /// <summary>Names of the data sets that are known.</summary>
    public static IReadOnlyList<string> Known { get; } = ["mnist", "fashion-mnist", "cifar10", "cifar100"];

    /// <summary>Loads a known data set, or lists a folder or archive of images.</summary>
    /// <param name="context">Makes the views.</param>
    /// <param name="data">Name or path.</param>
    /// <param name="testData">Path of the test images; only for a folder or archive.</param>
    /// <param name="fileShape">Shape that image files get.</param>
    /// <param name="cancellation">Ends a download.</param>
    /// <exception cref="ArgumentException">There is neither such a data set nor such a path, or the test images have other classes.</exception>
    public static async Task<TrainingData> LoadAsync(MLContext context, string data, string? testData, Shape fileShape, CancellationToken cancellation)
    {
        if (!Known.Contains(data))
            return OpenFolder(context, data, testData, fileShape);
        if (testData is not null)
            throw new ArgumentException($"'{data}' has test images of its own; --test-data goes with a folder or archive.");
        Func<bool, Task<ImageSet>> load = data switch
        {
            "mnist" => train => train ? Mnist.LoadTrainAsync(cancellation: cancellation) : Mnist.LoadTestAsync(cancellation: cancellation),
            "fashion-mnist" => train => train ? FashionMnist.LoadTrainAsync(cancellation: cancellation) : FashionMnist.LoadTestAsync(cancellation: cancellation),
            "cifar10" => train => train ? Cifar10.LoadTrainAsync(cancellation: cancellation) : Cifar10.LoadTestAsync(cancellation: cancellation),
            _ => train => train ? Cifar100.LoadTrainAsync(cancellation: cancellation) : Cifar100.LoadTestAsync(cancellation: cancellation),
        };
        var (train, test) = (await load(true).ConfigureAwait(false), await load(false).ConfigureAwait(false));
        return new TrainingData(train.Name, context.Data.LoadFromImages(train), context.Data.LoadFromImages(test), "Features", train.ClassNames.Count, new Shape(train.Channels, train.Height, train.Width));
    }

    private static TrainingData OpenFolder(MLContext context, string data, string? testData, Shape shape)
    {
        using var train = Open(data);
        using var test = testData is null ? null : Open(testData);
        if (test?.ClassNames.FirstOrDefault(name => !train.ClassNames.Contains(name)) is { } unknown)
            throw new ArgumentException($"'{testData}' has a class '{unknown}' that '{data}' lacks.");
        return new TrainingData(Path.GetFileName(data.TrimEnd('/', '\\')), context.Data.LoadFromImageFolder(train), test is null ? null : context.Data.LoadFromImageFolder(test), "ImagePath", train.ClassNames.Count, shape);
    }

    private static ImageFolder Open(string path)
    {
        try
        {
            return ImageFolder.Open(path);
        }
        catch (FileNotFoundException exception)
        {
            throw new ArgumentException($"There is no data set '{path}': it is none of {string.Join(", ", Known)}, and no folder or archive of images.", exception);
        }
    }
}
