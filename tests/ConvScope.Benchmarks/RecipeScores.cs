using System.Diagnostics;
using System.Globalization;
using ConvScope.Datasets;
using ConvScope.ML;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace ConvScope.Benchmarks;

/// <summary>Trains a recipe with several seeds through ML.NET, and prints the test accuracy of each, their mean and standard deviation, and what fitting and evaluating took.</summary>
internal static class RecipeScores
{
    private static readonly Dictionary<string, (ConvNetOptions Recipe, Func<Task<ImageSet>> Train, Func<Task<ImageSet>> Test)> _recipes = new()
    {
        ["lenet5"] = (Recipes.LeNet5Seed, () => Mnist.LoadTrainAsync(), () => Mnist.LoadTestAsync()),
        ["mnist-fast"] = (Recipes.MnistFast, () => Mnist.LoadTrainAsync(), () => Mnist.LoadTestAsync()),
        ["mnist-accurate"] = (Recipes.MnistAccurate, () => Mnist.LoadTrainAsync(), () => Mnist.LoadTestAsync()),
        ["fashion-mnist"] = (Recipes.FashionMnist, () => FashionMnist.LoadTrainAsync(), () => FashionMnist.LoadTestAsync()),
    };

    /// <summary>Runs a recipe.</summary>
    /// <param name="name">One of the recipes.</param>
    /// <param name="first">The first seed.</param>
    /// <param name="count">Number of seeds, one after another.</param>
    public static async Task RunAsync(string name, int first, int count)
    {
        var (recipe, loadTrain, loadTest) = _recipes[name];
        ImageSet train = await loadTrain(), test = await loadTest();
        List<double> accuracies = [], seconds = [];
        for (var seed = first; seed < first + count; seed++)
        {
            var clock = Stopwatch.GetTimestamp();
            var context = new MLContext(seed);
            var pipeline = context.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Append(context.MulticlassClassification.Trainers.ConvNet(recipe));
            using var model = pipeline.Fit(context.Data.LoadFromImages(train));
            var fitted = Stopwatch.GetElapsedTime(clock).TotalSeconds;
            var metrics = context.MulticlassClassification.Evaluate(model.Transform(context.Data.LoadFromImages(test)));
            accuracies.Add(metrics.MicroAccuracy);
            seconds.Add(Stopwatch.GetElapsedTime(clock).TotalSeconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}, seed {seed}: {metrics.MicroAccuracy:P2}, log-loss {metrics.LogLoss:F4}; fit {fitted:F2} s, with evaluation {seconds[^1]:F2} s"));
        }

        var mean = accuracies.Average();
        var deviation = count < 2 ? 0 : Math.Sqrt(accuracies.Sum(accuracy => (accuracy - mean) * (accuracy - mean)) / (count - 1));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}, {count} seeds: mean {mean:P3}, standard deviation {deviation:P3}, lowest {accuracies.Min():P2}; median time {new Timing("", seconds).Median:F2} s, longest {seconds.Max():F2} s; {Comparison.Machine}"));
    }
}
