#!/usr/bin/env dotnet
#:project ../src/ConvScope.ML
// The recipe FashionMnist: Fashion-MNIST, with its report.
//   dotnet run pipelines/fashion-mnist.cs -- [--seed 1] [--out artifacts/reports/fashion-mnist]
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
var output = Argument("out", "artifacts/reports/fashion-mnist");
RunDirectory.Prepare(output); // in place of this program's own earlier run
using var signals = new TerminationSignals(); // Ctrl+C: the step is finished, record, report and checkpoints are written

var mlContext = new MLContext(int.Parse(Argument("seed", "1"), CultureInfo.InvariantCulture));
var train = mlContext.Data.LoadFromImages(await FashionMnist.LoadTrainAsync());
var test = mlContext.Data.LoadFromImages(await FashionMnist.LoadTestAsync());
var recipe = Recipes.FashionMnist with { Cancellation = signals.Token, Inspection = new(output) { Dataset = "Fashion-MNIST" } };
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
