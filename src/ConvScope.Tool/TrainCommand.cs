using System.CommandLine;
using System.Globalization;
using ConvScope.Datasets;
using ConvScope.Inspection;
using ConvScope.ML;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Files;
using ConvScope.Records.Networks;
using ConvScope.Records.Recording;
using ConvScope.Reporting.Html;
using ConvScope.Training;
using ConvScope.Training.Saving;
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
        var data = new Option<string>("--data") { Description = $"The data set: {string.Join(", ", TrainingData.Known)}; or a folder, .tar, .zip or .tar.gz with a folder of images a class, or with such folders in train and test (or val).", DefaultValueFactory = _ => "mnist" };
        data.CompletionSources.Add([.. TrainingData.Known]);
        var test = new Option<string?>("--test-data") { Description = "A folder or archive of test images, where --data is one." };
        var size = new Option<int?>("--image-size") { Description = "Rows and columns that image files get, where --data is a folder or archive; 28 for lenet5, else 224." };
        var corrupt = new Option<CorruptImage>("--on-corrupt") { Description = "What becomes of an image file that cannot be decoded.", DefaultValueFactory = _ => CorruptImage.Fail };
        var background = new Option<RgbColor?>("--background") { Description = "The colour behind transparent pixels of image files: black, white, or #rrggbb. The model keeps it.", CustomParser = ColorOption.Read };
        var output = new Option<string>("--out", "-o") { Description = "The run folder; a further run takes -002, -003, …", DefaultValueFactory = _ => "runs/train" };
        var epochs = new Option<int>("--epochs") { Description = "Passes over the training set.", DefaultValueFactory = _ => 5 };
        var batch = new Option<int>("--batch-size") { Description = "Images a step.", DefaultValueFactory = _ => 64 };
        var rate = new Option<double>("--learning-rate") { Description = "Learning rate of the optimizer.", DefaultValueFactory = _ => 0.01 };
        var seed = new Option<int>("--seed") { Description = "Seed of weights and order.", DefaultValueFactory = _ => 1 };
        var level = new Option<InspectionLevel>("--level") { Description = "How much is measured.", DefaultValueFactory = _ => InspectionLevel.Standard };
        var interval = new Option<int>("--save-interval") { Description = "Epochs between checkpoints.", DefaultValueFactory = _ => 1 };
        var snapshotLimit = Limit("--snapshot-limit", "Most that the run's snapshots may take, such as 500MB: then older ones give way.");
        var checkpointLimit = Limit("--checkpoint-limit", "Most that the run's checkpoints may take, such as 2GB: then older ones give way, never the best and the last.");
        var resume = new Option<string?>("--resume") { Description = "A checkpoint to go on from, a folder of checkpoints, or a run folder." };
        var weights = new Option<string?>("--weights") { Description = "A checkpoint to begin with; a classifier of other classes begins anew." };
        var prefix = new Option<string?>("--weights-prefix") { Description = "What stands before the network's names in the file of --weights, such as module.; found by matching without it." };
        var bgr = new Option<bool>("--weights-bgr") { Description = "The file of --weights expects the colours in the order blue, green, red: its first layer's channels are turned." };
        var allowed = new Option<string[]>("--allow-call") { Description = "A call that the file of --weights may ask Python for, such as mymodule.Scheduler; nothing is called here." };
        var freeze = new Option<string?>("--freeze-until") { Description = "A layer, or a group such as features: parameters up to and with it stay as they are." };
        var gpu = new Option<int?>("--gpu") { Description = "Index of the GPU; without it the CPU is used." };
        var command = new Command("train", """
            Trains a network, looks inside it while it learns, and keeps record, figures, report.html, checkpoints and model.zip.

            Examples:
              convscope train --network lenet5 --data mnist --epochs 5 --out runs/lenet5
              convscope train --network resnet18 --data imagenette2/train --test-data imagenette2/val --image-size 128 --out runs/imagenette
              convscope train --resume runs/lenet5 --epochs 10 --out runs/lenet5-longer
            """) { network, data, test, size, corrupt, background, output, epochs, batch, rate, seed, level, interval, snapshotLimit, checkpointLimit, resume, weights, prefix, bgr, allowed, freeze, gpu };
        command.SetWork(async (result, cancellation) =>
        {
            var name = result.GetValue(network)!;
            var folder = result.GetValue(output)!;
            RunDirectory.CheckWritable(folder); // before anything is downloaded or trained
            var context = new MLContext(result.GetValue(seed)) { GpuDeviceId = result.GetValue(gpu), FallbackToCpu = false };
            var side = result.GetValue(size) ?? (name == "lenet5" ? 28 : 224);
            var images = await TrainingData.LoadAsync(context, result.GetValue(data)!, result.GetValue(test), new Shape(name == "lenet5" ? 1 : 3, side, side), result.InvocationConfiguration.Error.WriteLine, cancellation).ConfigureAwait(false);
            var options = new ConvNetOptions
            {
                FeatureColumnName = images.FeatureColumn,
                Network = NetworkZoo.Create(name, images.ClassCount, images.Shape),
                Decoding = new ImageDecoding { OnCorrupt = result.GetValue(corrupt), Background = result.GetValue(background) ?? RgbColor.Black },
                Training = new TrainingOptions
                {
                    Epochs = result.GetValue(epochs),
                    BatchSize = result.GetValue(batch),
                    LearningRate = result.GetValue(rate),
                    Seed = result.GetValue(seed),
                    ResumeFrom = result.GetValue(resume),
                    Checkpoints = new CheckpointOptions { SaveInterval = result.GetValue(interval), Limit = Bytes(result, checkpointLimit) },
                },
                Inspection = new InspectionOptions(folder) { Level = result.GetValue(level), Dataset = images.Name, SnapshotLimit = Bytes(result, snapshotLimit) },
                InitialWeights = result.GetValue(weights),
                WeightsPrefix = result.GetValue(prefix),
                WeightsTakeBgr = result.GetValue(bgr),
                AllowedCalls = result.GetValue(allowed) ?? [],
                FreezeUntil = result.GetValue(freeze),
                Cancellation = cancellation,
            };
            var line = await Terminal.Progress(result, "training", progress => Train(context, options with { Observers = [new Progress(progress)] }, images, result)).ConfigureAwait(false);
            await result.InvocationConfiguration.Output.WriteLineAsync(line).ConfigureAwait(false);
        });
        return command;

        string Train(MLContext context, ConvNetOptions options, TrainingData images, ParseResult result)
        {
            context.Log += (_, message) =>
            {
                if (message is { Source: "ConvNet; Training" or "ConvNet; Scoring", Kind: not Microsoft.ML.Runtime.ChannelMessageKind.Trace })
                    result.InvocationConfiguration.Error.WriteLine(message.RawMessage);
            };
            var pipeline = context.Transforms.Conversion.MapValueToKey(Label, keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
                .Append(context.MulticlassClassification.Trainers.ConvNet(options));
            using var model = pipeline.Fit(images.Train);
            var folder = model.LastTransformer.RunFolder ?? RunDirectory.Claim(options.Inspection!.Folder, Guid.NewGuid().ToString("N")).Folder; // the model is kept where the record is not, or another run has its folder
            var shown = Path.IsPathRooted(options.Inspection!.Folder) ? folder : Path.GetRelativePath(".", folder); // as it was asked for
            context.Model.SaveWhole(model, images.Train.Schema, Path.Combine(folder, "model.zip"));
            if (images.Test is null)
                return string.Create(CultureInfo.InvariantCulture, $"{shown}: training accuracy {model.LastTransformer.Training!.Epochs[^1].TrainAccuracy:P2}; --test-data names images to test on");
            var metrics = context.MulticlassClassification.Evaluate(model.Transform(images.Test));
            if (RunSummary.Update(folder, summary => summary with { TestAccuracy = metrics.MicroAccuracy }))
                HtmlReport.Write(folder); // with the test accuracy
            return string.Create(CultureInfo.InvariantCulture, $"{shown}: test accuracy {metrics.MicroAccuracy:P2}, log-loss {metrics.LogLoss:F4}");
        }
    }

    private static Option<string?> Limit(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !ByteSize.TryParse(text, out _))
                result.AddError($"{name} takes a number of bytes, such as 500MB, 2GiB or 1500000; it got '{text}'.");
        });
        return option;
    }

    private static long? Bytes(ParseResult result, Option<string?> limit) => result.GetValue(limit) is { } text && ByteSize.TryParse(text, out var bytes) ? bytes : null;

    private sealed class Progress(IProgress<double> progress) : TrainingObserver
    {
        private double _steps;

        public override void OnTrainingStarted(TrainingStarted started) => _steps = started.StepsPerEpoch * started.Options.Epochs;

        public override void OnStepCompleted(StepCompleted completed) => progress.Report((completed.Step + 1) / _steps);
    }
}
