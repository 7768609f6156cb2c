#!/usr/bin/env dotnet
#:project ../src/ConvScope.ML
#:package Spectre.Console
// Trains LeNet-5 on MNIST in an ML.NET pipeline, looks inside it while it learns, and keeps the model.
//   dotnet run pipelines/mnist-lenet5.cs -- [--seed 1] [--epochs 5] [--learning-rate 0.01] [--out artifacts/reports/mnist-lenet5]
using System.Globalization;
using ConvScope.Datasets;
using ConvScope.ML;
using ConvScope.Records.Recording;
using ConvScope.Reporting.Html;
using ConvScope.Training;
using ConvScope.Training.NonFinite;
using Microsoft.ML;
using Microsoft.ML.Data;
using Spectre.Console;

string Argument(string name, string otherwise) => args.SkipWhile(argument => argument != $"--{name}").Skip(1).FirstOrDefault() ?? otherwise;
var epochs = int.Parse(Argument("epochs", "5"), CultureInfo.InvariantCulture);
var learningRate = double.Parse(Argument("learning-rate", "0.01"), CultureInfo.InvariantCulture);
var seed = int.Parse(Argument("seed", "1"), CultureInfo.InvariantCulture);
var output = Argument("out", "artifacts/reports/mnist-lenet5");
RunDirectory.Prepare(output); // in place of this program's own earlier run
using var signals = new TerminationSignals(); // Ctrl+C: the step is finished, record, report and checkpoints are written

AnsiConsole.MarkupLine("[bold]LeNet-5 on MNIST[/], trained in an ML.NET pipeline");
try
{
    await AnsiConsole.Progress()
        .Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .StartAsync(Train);
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

return 0;

async Task Train(ProgressContext progress)
{
    var bar = progress.AddTask("loading MNIST", maxValue: 1);
    var images = await Mnist.LoadTrainAsync();
    var testImages = await Mnist.LoadTestAsync();

    var mlContext = new MLContext(seed);
    mlContext.Log += (_, message) =>
    {
        if (message is { Source: "ConvNet; Training", Kind: not Microsoft.ML.Runtime.ChannelMessageKind.Trace })
            AnsiConsole.WriteLine(message.RawMessage);
    };
    var train = mlContext.Data.LoadFromEnumerable(Digit.From(images));
    var test = mlContext.Data.LoadFromEnumerable(Digit.From(testImages));

    var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
        .Append(mlContext.MulticlassClassification.Trainers.ConvNet(Recipes.LeNet5Seed with
        {
            Training = Recipes.LeNet5Seed.Training with
            {
                Epochs = epochs, LearningRate = learningRate, Checkpoints = new(),
            },
            Inspection = new(output) { Dataset = "MNIST" },
            Cancellation = signals.Token,
            Observers = [new ProgressBar(bar)],
        }))
        .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedDigit", "PredictedLabel"));

    var model = pipeline.Fit(train);
    var metrics = mlContext.MulticlassClassification.Evaluate(model.Transform(test));
    var network = model.OfType<ConvNetTransformer>().Single();
    var folder = network.RunFolder ?? output;
    mlContext.Model.SaveWhole(model, train.Schema, Path.Combine(folder, "model.zip"));
    network.Model.ExportOnnx(Path.Combine(folder, "model.onnx"));

    AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Test accuracy: {metrics.MicroAccuracy:P2} | log-loss: {metrics.LogLoss:F4}"));
    if (RunSummary.Update(folder, summary => summary with { TestAccuracy = metrics.MicroAccuracy }))
    {
        HtmlReport.Write(folder); // with the test accuracy
        var summary = RunSummary.Read(folder);
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Trained in {summary.TrainingSeconds:F1} s, of which inspection took {summary.InspectionShare:P2}. Look at {folder}/report.html."));
    }
}

/// <summary>One image of the data set as a row.</summary>
internal sealed class Digit
{
    [VectorType(1, 28, 28), ColumnName("Features")]
    public byte[] Pixels { get; set; } = [];

    public int Label { get; set; }

    public static IEnumerable<Digit> From(ImageSet set) =>
        Enumerable.Range(0, set.Count).Select(index => new Digit { Pixels = set.Image(index).ToArray(), Label = set.Label(index) }).ToList();
}

/// <summary>Moves the bar a step at a time.</summary>
internal sealed class ProgressBar(ProgressTask bar) : TrainingObserver
{
    public override void OnTrainingStarted(TrainingStarted started)
    {
        bar.Description = "training";
        bar.MaxValue = started.StepsPerEpoch * started.Options.Epochs;
    }

    public override void OnStepCompleted(StepCompleted completed) => bar.Value = completed.Step + 1;
}
