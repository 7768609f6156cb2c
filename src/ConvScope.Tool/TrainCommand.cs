using System.CommandLine;
using System.Globalization;
using ConvScope.Datasets;
using ConvScope.ML;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Recording;
using ConvScope.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ConvScope.Tool;

/// <summary><c>convscope train</c>: a network of the zoo on a known data set, in an ML.NET pipeline, with everything that a run leaves behind.</summary>
internal static class TrainCommand
{
    private const string Label = "Label";

    public static Command Create()
    {
        var network = new Option<string>("--network") { Description = "The network.", DefaultValueFactory = _ => "lenet5" };
        network.AcceptOnlyFromAmong([.. NetworkZoo.Names]);
        var data = new Option<string>("--data") { Description = "The data set.", DefaultValueFactory = _ => "mnist" };
        data.AcceptOnlyFromAmong("mnist", "fashion-mnist");
        var output = new Option<string>("--out", "-o") { Description = "The run folder; a further run takes -002, -003, …", DefaultValueFactory = _ => "runs/train" };
        var epochs = new Option<int>("--epochs") { Description = "Passes over the training set.", DefaultValueFactory = _ => 5 };
        var batch = new Option<int>("--batch-size") { Description = "Images a step.", DefaultValueFactory = _ => 64 };
        var rate = new Option<double>("--learning-rate") { Description = "Learning rate of the optimizer.", DefaultValueFactory = _ => 0.01 };
        var seed = new Option<int>("--seed") { Description = "Seed of weights and order.", DefaultValueFactory = _ => 1 };
        var level = new Option<InspectionLevel>("--level") { Description = "How much is measured.", DefaultValueFactory = _ => InspectionLevel.Standard };
        var interval = new Option<int>("--save-interval") { Description = "Epochs between checkpoints.", DefaultValueFactory = _ => 1 };
        var resume = new Option<string?>("--resume") { Description = "A checkpoint to go on from, or a folder of checkpoints." };
        var weights = new Option<string?>("--weights") { Description = "A checkpoint to begin with; a classifier of other classes begins anew." };
        var freeze = new Option<string?>("--freeze-until") { Description = "A layer, or a group such as features: parameters up to and with it stay as they are." };
        var gpu = new Option<int?>("--gpu") { Description = "Index of the GPU; without it the CPU is used." };
        var command = new Command("train", """
            Trains a network, looks inside it while it learns, and keeps record, figures, report.html, checkpoints and model.zip.

            Examples:
              convscope train --network lenet5 --data mnist --epochs 5 --out runs/lenet5
              convscope train --resume runs/lenet5/checkpoints --epochs 10 --out runs/lenet5-longer
            """) { network, data, output, epochs, batch, rate, seed, level, interval, resume, weights, freeze, gpu };
        command.SetWork(async (result, cancellation) =>
        {
            var fashion = result.GetValue(data) == "fashion-mnist";
            var folder = result.GetValue(output)!;
            var options = new ConvNetOptions
            {
                Network = NetworkZoo.Create(result.GetValue(network)!, 10, new Shape(1, 28, 28)),
                Training = new TrainingOptions
                {
                    Epochs = result.GetValue(epochs),
                    BatchSize = result.GetValue(batch),
                    LearningRate = result.GetValue(rate),
                    Seed = result.GetValue(seed),
                    ResumeFrom = result.GetValue(resume),
                    Checkpoints = new CheckpointOptions(Path.Combine(folder, "checkpoints")) { SaveInterval = result.GetValue(interval) },
                },
                Inspection = new InspectionOptions(folder) { Level = result.GetValue(level), Dataset = fashion ? "Fashion-MNIST" : "MNIST" },
                InitialWeights = result.GetValue(weights),
                FreezeUntil = result.GetValue(freeze),
                Cancellation = cancellation,
            };
            var train = fashion ? await FashionMnist.LoadTrainAsync(cancellation: cancellation).ConfigureAwait(false) : await Mnist.LoadTrainAsync(cancellation: cancellation).ConfigureAwait(false);
            var test = fashion ? await FashionMnist.LoadTestAsync(cancellation: cancellation).ConfigureAwait(false) : await Mnist.LoadTestAsync(cancellation: cancellation).ConfigureAwait(false);
            var line = await Terminal.Progress(result, "training", progress => Train(options with { Observers = [new Progress(progress)] }, train, test, result)).ConfigureAwait(false);
            await result.InvocationConfiguration.Output.WriteLineAsync(line).ConfigureAwait(false);
        });
        return command;

        string Train(ConvNetOptions options, ImageSet train, ImageSet test, ParseResult result)
        {
            var context = new MLContext(result.GetValue(seed)) { GpuDeviceId = result.GetValue(gpu), FallbackToCpu = false };
            context.Log += (_, message) =>
            {
                if (message is { Source: "ConvNet; Training", Kind: not Microsoft.ML.Runtime.ChannelMessageKind.Trace })
                    result.InvocationConfiguration.Error.WriteLine(message.RawMessage);
            };
            var rows = context.Data.LoadFromEnumerable(Row.From(train));
            var pipeline = context.Transforms.Conversion.MapValueToKey(Label, keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
                .Append(context.MulticlassClassification.Trainers.ConvNet(options));
            using var model = pipeline.Fit(rows);
            var metrics = context.MulticlassClassification.Evaluate(model.Transform(context.Data.LoadFromEnumerable(Row.From(test))));
            var folder = model.LastTransformer.RunFolder ?? throw new IOException($"The run folder '{options.Inspection!.Folder}' could not be written; the model is lost.");
            context.Model.Save(model, rows.Schema, Path.Combine(folder, "model.zip"));
            (RunSummary.Read(folder) with { TestAccuracy = metrics.MicroAccuracy }).Write(folder);
            return string.Create(CultureInfo.InvariantCulture, $"{folder}: test accuracy {metrics.MicroAccuracy:P2}, log-loss {metrics.LogLoss:F4}");
        }
    }

    /// <summary>One image of the data set as a row.</summary>
    private sealed class Row
    {
        [VectorType(1, 28, 28)]
        public byte[] Features { get; set; } = [];

        public int Label { get; set; }

        public static IEnumerable<Row> From(ImageSet set) => [.. Enumerable.Range(0, set.Count).Select(index => new Row { Features = set.Image(index).ToArray(), Label = set.Label(index) })];
    }

    private sealed class Progress(IProgress<double> progress) : TrainingObserver
    {
        private double _steps;

        public override void OnTrainingStarted(TrainingStarted started) => _steps = started.StepsPerEpoch * started.Options.Epochs;

        public override void OnStepCompleted(StepCompleted completed) => progress.Report((completed.Step + 1) / _steps);
    }
}
