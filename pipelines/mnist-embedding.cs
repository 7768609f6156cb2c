#!/usr/bin/env dotnet
#:project ../src/ConvScope.ML
// What LeNet-5's layer fc1 makes of each image, as features for a classical trainer: a maximum-entropy classifier for a question that the network was never asked, odd or even, and k-means clusters.
//   dotnet run pipelines/mnist-embedding.cs -- [--rows 20000] [--out artifacts/reports/mnist-embedding] [--model artifacts/reports/mnist-lenet5/model.zip]
//   dotnet run pipelines/mnist-embedding.cs -- --load artifacts/reports/mnist-embedding/model.zip      in a fresh process: the saved pipeline alone
using System.Globalization;
using ConvScope.Datasets;
using ConvScope.ML;
using ConvScope.Networks.Weights;
using ConvScope.Training;
using ConvScope.Training.NonFinite;
using Microsoft.ML;
using Microsoft.ML.Data;

string Argument(string name, string otherwise) => args.SkipWhile(argument => argument != $"--{name}").Skip(1).FirstOrDefault() ?? otherwise;
var rows = int.Parse(Argument("rows", "20000"), CultureInfo.InvariantCulture);
var output = Argument("out", "artifacts/reports/mnist-embedding");
var network = Argument("model", "artifacts/reports/mnist-lenet5/model.zip");

var mlContext = new MLContext(1);
var test = mlContext.Data.LoadFromEnumerable(Digit.From(await Mnist.LoadTestAsync(), int.MaxValue));
try
{
    if (Argument("load", "") is { Length: > 0 } saved)
    {
        using var loaded = (IDisposable)mlContext.Model.Load(saved, out _); // nothing to register: the file knows who reads it
        Print((ITransformer)loaded, "loaded");
        return 0;
    }

    var train = mlContext.Data.LoadFromEnumerable(Digit.From(await Mnist.LoadTrainAsync(), rows));
    using var trained = Network(train);
    var embedding = mlContext.Transforms.ConvNetFeatures(trained.Model, layer: "fc1", outputColumnName: "Embedding");
    var model = mlContext.Transforms.Conversion.MapValueToKey("Parity")
        .Append(embedding)
        .Append(mlContext.MulticlassClassification.Trainers.LbfgsMaximumEntropy(labelColumnName: "Parity", featureColumnName: "Embedding"))
        .Fit(train);
    mlContext.Model.SaveWhole(model, train.Schema, Path.Combine(output, "model.zip"));
    Print(model, "trained");

    var clusters = embedding.Append(mlContext.Clustering.Trainers.KMeans("Embedding", numberOfClusters: 10)).Fit(train).Transform(test);
    var purity = mlContext.Data.CreateEnumerable<Clustered>(clusters, reuseRowObject: false).GroupBy(digit => digit.PredictedLabel)
        .Sum(cluster => cluster.GroupBy(digit => digit.Label).Max(digit => digit.Count())) / 10000.0;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"k-means, 10 clusters: purity {purity:P2}"));
    return 0;
}
catch (Exception exception) when (exception is NonFiniteTrainingException or NonFiniteWeightsException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

void Print(ITransformer pipeline, string what)
{
    var metrics = mlContext.MulticlassClassification.Evaluate(pipeline.Transform(test), labelColumnName: "Parity");
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Odd or even, {what}: accuracy {metrics.MicroAccuracy:P2}, log-loss {metrics.LogLoss:F4}"));
}

// The network of the main job where it is there; else one epoch on the same rows.
ConvNetTransformer Network(IDataView train)
{
    if (File.Exists(network))
        return ((TransformerChain<ITransformer>)mlContext.Model.Load(network, out _)).OfType<ConvNetTransformer>().Single();
    return mlContext.Transforms.Conversion.MapValueToKey("Label").Append(mlContext.MulticlassClassification.Trainers.ConvNet(new ConvNetOptions { Training = new TrainingOptions { Epochs = 1 } })).Fit(train).LastTransformer;
}

/// <summary>One image of the data set as a row.</summary>
internal sealed class Digit
{
    [VectorType(1, 28, 28), ColumnName("Features")]
    public byte[] Pixels { get; set; } = [];

    public int Label { get; set; }

    public string Parity { get; set; } = "";

    public static List<Digit> From(ImageSet set, int most) =>
        [.. Enumerable.Range(0, Math.Min(most, set.Count)).Select(index => new Digit { Pixels = set.Image(index).ToArray(), Label = set.Label(index), Parity = set.Label(index) % 2 == 1 ? "odd" : "even" })];
}

/// <summary>An image and its cluster.</summary>
internal sealed class Clustered
{
    public int Label { get; set; }

    public uint PredictedLabel { get; set; }
}
