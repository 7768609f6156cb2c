using ConvScope.ML;
using ConvScope.Training;
using Microsoft.ML;

namespace ConvScope.GpuCheck.Checks;

/// <summary>Binary classification and regression on the device.</summary>
internal sealed class HeadsCheck : Check
{
    /// <inheritdoc />
    public override string Name => "heads";

    /// <inheritdoc />
    public override object Run(Laboratory laboratory, Expectations expectations)
    {
        var context = new MLContext(1) { GpuDeviceId = laboratory.Gpu, FallbackToCpu = false };
        var rows = context.Data.LoadFromEnumerable(Digit.From(laboratory.Train, laboratory.Scaled(4000, least: 60)));
        var options = new ConvNetOptions { Training = new TrainingOptions { Epochs = 1, LearningRate = 0.005 } };
        using var binary = context.BinaryClassification.Trainers.ConvNet(options with { LabelColumnName = nameof(Digit.IsEven) }).Fit(rows);
        using var regression = context.Regression.Trainers.ConvNet(options with { LabelColumnName = nameof(Digit.Number) }).Fit(rows);
        var accuracy = binary.Training!.Epochs[^1].TrainAccuracy ?? double.NaN;
        var rSquared = regression.Training!.Epochs[^1].TrainError?.RSquared ?? double.NaN;
        expectations.AtLeast(laboratory.IsWhole ? 0.8 : 0, accuracy, "accuracy of even against odd");
        expectations.AtLeast(laboratory.IsWhole ? 0.3 : double.MinValue, rSquared, "R² of a digit's value");
        return new { binary = accuracy, regression = rSquared };
    }
}
