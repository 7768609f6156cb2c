#!/usr/bin/env dotnet
#:project ../src/ConvScope.ML
// The recipe Cifar10: ResNet-9 on CIFAR-10, with its report. Where the public host is out of reach, put cifar-10-binary.tar.gz or cifar-10-python.tar.gz into the cache folder that the error names.
//   dotnet run pipelines/cifar10.cs -- [--seed 1] [--epochs 24] [--out artifacts/reports/cifar10] [--archive an-archive-of-that-format.tar.gz]
using System.Globalization;
using ConvScope.Datasets;
using ConvScope.ML;
using ConvScope.Records.Recording;
using ConvScope.Reporting.Html;
using ConvScope.Training;
using ConvScope.Training.NonFinite;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

string Argument(string name, string otherwise) => args.SkipWhile(argument => argument != $"--{name}").Skip(1).FirstOrDefault() ?? otherwise;
var output = Argument("out", "artifacts/reports/cifar10");
var archive = Argument("archive", "");
RunDirectory.CheckWritable(output);
using var signals = new TerminationSignals(); // Ctrl+C: the step is finished, record, report and checkpoints are written
var recipe = Recipes.Cifar10;
recipe = recipe with { Training = recipe.Training with { Epochs = int.Parse(Argument("epochs", $"{recipe.Training.Epochs}"), CultureInfo.InvariantCulture) }, Cancellation = signals.Token, Inspection = new(output) { Dataset = "CIFAR-10" } };
var images = archive.Length > 0 ? Cifar10.ReadTrain(archive) : await Cifar10.LoadTrainAsync();
var testImages = archive.Length > 0 ? Cifar10.ReadTest(archive) : await Cifar10.LoadTestAsync();
RunDirectory.Prepare(output); // in place of this program's own earlier run, once the data are there

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
catch (OperationCanceledException) when (signals.ExitStatus is { } status)
{
    Console.Error.WriteLine($"Interrupted. Look at {output}/report.html.");
    return status;
}

var folder = model.LastTransformer.RunFolder ?? output;
var metrics = mlContext.MulticlassClassification.Evaluate(model.Transform(test));
mlContext.Model.SaveWhole(model, train.Schema, Path.Combine(folder, "model.zip"));

RunSummary.Update(folder, summary => summary with { TestAccuracy = metrics.MicroAccuracy });
HtmlReport.Write(folder); // with the test accuracy
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Test accuracy: {metrics.MicroAccuracy:P2} after {model.LastTransformer.Training!.Seconds:F1} s. Look at {folder}/report.html."));
return 0;
