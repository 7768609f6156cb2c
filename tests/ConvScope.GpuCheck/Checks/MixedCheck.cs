using ConvScope.ML;
using ConvScope.Networks;
using ConvScope.Training;
using ConvScope.Training.Images;

namespace ConvScope.GpuCheck.Checks;

/// <summary>What a recipe reaches in 32-bit floats and in mixed precision.</summary>
internal sealed class MixedCheck : Check
{
    /// <inheritdoc />
    public override string Name => "mixed";

    /// <inheritdoc />
    public override object Run(Laboratory laboratory, Expectations expectations)
    {
        using var train = LabeledImages.Create(laboratory.Train.Slice(0, laboratory.Scaled(20000, least: 100)), laboratory.Place);
        var testCount = Math.Min(laboratory.Test.Count, laboratory.Scaled(10000, least: 100));
        using var test = LabeledImages.Create(laboratory.Test.Slice(0, testCount), laboratory.Place);
        var (full, mixed) = (Train(laboratory, Precision.Full, train, test), Train(laboratory, Precision.Mixed, train, test));
        foreach (var metrics in new[] { full.Epochs[^1], mixed.Epochs[^1] })
            expectations.That(double.IsFinite(metrics.TrainLoss), $"the loss should be finite; it is {metrics.TrainLoss}");
        if (laboratory.IsWhole)
        {
            var parting = full.Epochs[^1].ValidationAccuracy - mixed.Epochs[^1].ValidationAccuracy;
            expectations.AtMost(0.01, Math.Abs(parting ?? double.NaN), "the parting of accuracies");
        }

        return new { full = Facts(full), mixed = Facts(mixed) };
    }

    private static object Facts(TrainingResult result) =>
        new { result.Epochs[^1].TrainLoss, result.Epochs[^1].ValidationAccuracy, result.Seconds };

    private static TrainingResult Train(Laboratory laboratory, Precision precision, LabeledImages train, LabeledImages test)
    {
        using var network = Recipes.MnistFast.Network!.CreateModule(1);
        network.to(laboratory.Place);
        return new Trainer(Recipes.MnistFast.Training with { Precision = precision }).Train(network, train, test);
    }
}
