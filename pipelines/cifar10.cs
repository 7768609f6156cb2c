#!/usr/bin/env dotnet
#:project ../src/ConvScope.ML
// The recipe Cifar10: ResNet-9 on CIFAR-10, with its report. Where the public host is out of reach, put cifar-10-binary.tar.gz or cifar-10-python.tar.gz into the cache folder that the error names.
//   dotnet run pipelines/cifar10.cs -- [--seed 1] [--epochs 24] [--out artifacts/reports/cifar10] [--archive an-archive-of-that-format.tar.gz]
using System.Globalization;
using ConvScope.Datasets;
using ConvScope.ML;
using ConvScope.Records.Recording;
using ConvScope.Training.NonFinite;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

string Argument(string name, string otherwise) => args.SkipWhile(argument => argument != $"--{name}").Skip(1).FirstOrDefault() ?? otherwise;
var output = Argument("out", "artifacts/reports/cifar10");
var archive = Argument("archive", "");
var recipe = Recipes.Cifar10;
recipe = recipe with { Training = recipe.Training with { Epochs = int.Parse(Argument("epochs", $"{recipe.Training.Epochs}"), CultureInfo.InvariantCulture) }, Inspection = new(output) { Dataset = "CIFAR-10" } };
var images = archive.Length > 0 ? Cifar10.ReadTrain(archive) : await Cifar10.LoadTrainAsync();
var testImages = archive.Length > 0 ? Cifar10.ReadTest(archive) : await Cifar10.LoadTestAsync();
if (Directory.Exists(output))
    Directory.Delete(output, recursive: true); // this program's own earlier report

var mlContext = new MLContext(int.Parse(Argument("seed", "1"), CultureInfo.InvariantCulture));
var train = mlContext.Data.LoadFromImages(images);
var test = mlContext.Data.LoadFromImages(testImages);
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
