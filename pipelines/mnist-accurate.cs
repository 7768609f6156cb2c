#!/usr/bin/env dotnet
#:project ../src/ConvScope.ML
// The recipe MnistAccurate: MNIST as well as one network does it, with its report.
//   dotnet run pipelines/mnist-accurate.cs -- [--seed 1] [--out artifacts/reports/mnist-accurate]
using System.Globalization;
using ConvScope.Datasets;
using ConvScope.ML;
using ConvScope.Records.Recording;
using ConvScope.Training.NonFinite;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

string Argument(string name, string otherwise) => args.SkipWhile(argument => argument != $"--{name}").Skip(1).FirstOrDefault() ?? otherwise;
var output = Argument("out", "artifacts/reports/mnist-accurate");
if (Directory.Exists(output))
    Directory.Delete(output, recursive: true); // this program's own earlier report

var mlContext = new MLContext(int.Parse(Argument("seed", "1"), CultureInfo.InvariantCulture));
var train = mlContext.Data.LoadFromImages(await Mnist.LoadTrainAsync());
var test = mlContext.Data.LoadFromImages(await Mnist.LoadTestAsync());
var recipe = Recipes.MnistAccurate with { Inspection = new(output) { Dataset = "MNIST" } };
TransformerChain<ConvNetTransformer> model;
try
{
    model = mlContext.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
        .Append(mlContext.MulticlassClassification.Trainers.ConvNet(recipe))
        .Fit(train);
}
catch (NonFiniteTrainingException exception)
{
    Console.Error.WriteLine($"{exception.Message} Look at {output}/report.html.");
    return 1;
}

var metrics = mlContext.MulticlassClassification.Evaluate(model.Transform(test));
mlContext.Model.Save(model, train.Schema, Path.Combine(output, "model.zip"));

var summary = RunSummary.Read(output) with { TestAccuracy = metrics.MicroAccuracy };
summary.Write(output);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Test accuracy: {metrics.MicroAccuracy:P2} after {summary.TrainingSeconds:F1} s. Look at {output}/report.html."));
return 0;
