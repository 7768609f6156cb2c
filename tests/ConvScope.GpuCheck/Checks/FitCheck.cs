using ConvScope.ML;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;
using ConvScope.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace ConvScope.GpuCheck.Checks;

/// <summary>
/// The main job in an ML.NET pipeline: fit on the device with inspection and checkpoints; then model file, checkpoint and predictions,
/// there and on the CPU.
/// </summary>
internal sealed class FitCheck : Check
{
    private const int TestRows = 2000;

    /// <inheritdoc />
    public override string Name => "fit";

    /// <inheritdoc />
    public override object Run(Laboratory laboratory, Expectations expectations)
    {
        var folder = laboratory.Fresh(Name);
        var context = Context(laboratory.Gpu);
        var log = new LibtorchLines(context);
        var train = context.Data.LoadFromEnumerable(Digit.From(laboratory.Train, laboratory.Scaled(20000, least: 300)));
        using var model = Pipeline(context, folder).Fit(train);
        model.LastTransformer.Model.ExportOnnx(Path.Combine(folder, "model.onnx"));
        var file = Path.Combine(folder, "model.zip");
        context.Model.Save(model, train.Schema, file);
        var test = context.Data.LoadFromEnumerable(Digit.From(laboratory.Test, TestRows));
        var accuracy = context.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy;
        if (laboratory.IsWhole)
            expectations.AtLeast(0.96, accuracy, "accuracy after two epochs of 20,000 digits");
        var hasCheckpointsBits = WeightBits.Of(model.LastTransformer.Model.Module).AreThoseOf(OfCheckpoint(folder));
        expectations.That(hasCheckpointsBits, "the last checkpoint should hold the model's weights to the bit");
        var summary = RunSummary.Read(folder);
        expectations.That(summary.Device == laboratory.Place.ToString(), $"the summary should name the device; it names {summary.Device}");
        var parting = Partings(laboratory, context, model, file, expectations);
        return new
        {
            accuracy, device = summary.Device, summary.Status, summary.InspectionShare, summary.TrainingSeconds, summary.Findings,
            files = summary.Files.Count, parting, hasCheckpointsBits, log = log.Lines,
        };
    }

    /// <summary>How far probabilities of the model's file and of a prediction engine are from the model's own.</summary>
    private static object Partings(
        Laboratory laboratory, MLContext context, TransformerChain<ConvNetTransformer> model, string file, Expectations expectations)
    {
        var here = Scores(model.Transform(context.Data.LoadFromEnumerable(Digit.From(laboratory.Test, TestRows))));
        using var predictor = context.Model.CreatePredictionEngine<Digit, DigitScore>(model);
        var fileOnCpu = Largest(here, ScoresOfFile(laboratory, null, file));
        var fileHere = Largest(here, ScoresOfFile(laboratory, laboratory.Gpu, file));
        var engine = Largest(here[..10], predictor.Predict(Digit.From(laboratory.Test, 1)[0]).Score);
        expectations.AtMost(laboratory.Tolerance(1e-4), fileOnCpu, "the parting of the model file's probabilities on the CPU");
        expectations.AtMost(laboratory.Tolerance(1e-5), fileHere, "the parting of the model file's probabilities on the device");
        expectations.AtMost(1e-4, engine, "the parting of a prediction engine's probabilities");
        return new { fileOnCpu, fileHere, engine };
    }

    private static MLContext Context(int? gpu) => new(1) { GpuDeviceId = gpu, FallbackToCpu = false };

    private static EstimatorChain<ConvNetTransformer> Pipeline(MLContext context, string folder)
    {
        var options = Recipes.LeNet5Seed with
        {
            Training = Recipes.LeNet5Seed.Training with { Epochs = 2, Checkpoints = new(Path.Combine(folder, "checkpoints")) },
            Inspection = new(folder) { Dataset = "MNIST" },
        };
        return context.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(context.MulticlassClassification.Trainers.ConvNet(options));
    }

    private static WeightBits OfCheckpoint(string folder)
    {
        using var checkpoint = Checkpoint.Open(Path.Combine(folder, "checkpoints", "epoch-002.pth"));
        using var network = LeNet5.Create().CreateModule(7);
        ModuleWeights.Load(network, checkpoint.StateDict("state_dict"));
        return WeightBits.Of(network);
    }

    private static float[] ScoresOfFile(Laboratory laboratory, int? gpu, string file)
    {
        var context = Context(gpu);
        return Scores(context.Model.Load(file, out _).Transform(context.Data.LoadFromEnumerable(Digit.From(laboratory.Test, TestRows))));
    }

    private static float[] Scores(IDataView rows) => [.. rows.GetColumn<float[]>("Score").SelectMany(score => score)];

    private static double Largest(float[] first, float[] second) =>
        first.Length != second.Length ? double.NaN : first.Zip(second).Max(pair => Math.Abs((double)pair.First - pair.Second));
}
