using ConvScope.Datasets;
using ConvScope.Datasets.Files;
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
    /// <param name="notice">Gets what is to be said of a folder or archive: which parts are used, and what is left out.</param>
    /// <param name="cancellation">Ends a download.</param>
    /// <exception cref="ArgumentException">There is neither such a data set nor such a path, or the test images have other classes.</exception>
    public static async Task<TrainingData> LoadAsync(MLContext context, string data, string? testData, Shape fileShape, Action<string> notice, CancellationToken cancellation)
    {
        if (!Known.Contains(data))
            return OpenFolder(context, data, testData, fileShape, notice);
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

    private static TrainingData OpenFolder(MLContext context, string data, string? testData, Shape shape, Action<string> notice)
    {
        var parts = Found(data, () => ImageFolderParts.Find(data));
        using var train = Open(parts.Train, notice);
        if (testData is null && parts.Test is not null)
            notice(
                $"'{ShownPath.Of(data)}' is taken as a pair: trained on '{ShownPath.Of(parts.Train)}', tested on '{ShownPath.Of(parts.Test)}'{(parts.Unused.Count == 0 ? "" : $"; not used: {string.Join(", ", parts.Unused)}")}.");
        else if (parts.Test is not null || parts.Unused.Count > 0)
            notice($"Of '{ShownPath.Of(data)}' only '{ShownPath.Of(parts.Train)}' is used.");
        using var test = (testData ?? parts.Test) is { } path ? Open(path, notice) : null;
        if (test?.ClassNames.FirstOrDefault(name => !train.ClassNames.Contains(name)) is { } unknown)
            throw new ArgumentException($"'{test.Path}' has a class '{ShownPath.Of(unknown)}' that '{train.Path}' lacks.{Alike(unknown, train.ClassNames)}");
        if (train.ClassNames.Count < 2)
            throw new ArgumentException($"'{train.Path}' has one class folder, '{ShownPath.Of(train.ClassNames[0])}'; images are told apart from two on, a folder a class.");
        var (name, testView) = (Path.GetFileName(data.TrimEnd('/', '\\')), test is null ? null : context.Data.LoadFromImageFolder(test));
        return new TrainingData(name, context.Data.LoadFromImageFolder(train), testView, "ImagePath", train.ClassNames.Count, shape);
    }

    private static string Alike(string name, IReadOnlyList<string> others) =>
        UnicodeForms.Twin(name, others) is { } twin ? $" It looks like its class {UnicodeForms.Describe(twin)}, but is {UnicodeForms.Describe(name)}: another Unicode form of the same letters." : "";

    private static ImageFolder Open(string path, Action<string> notice)
    {
        var folder = Found(path, () => ImageFolder.Open(path));
        foreach (var text in folder.Notices)
            notice($"'{ShownPath.Of(path)}': {text}");
        return folder;
    }

    private static T Found<T>(string path, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (FileNotFoundException exception)
        {
            throw new ArgumentException($"There is no data set '{path}': it is none of {string.Join(", ", Known)}, and no folder or archive of images.", exception);
        }
    }
}
