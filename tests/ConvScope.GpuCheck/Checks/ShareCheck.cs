using System.Diagnostics;
using ConvScope.Inspection;
using ConvScope.ML;
using ConvScope.Records.Recording;
using ConvScope.Training;
using Microsoft.ML;

namespace ConvScope.GpuCheck.Checks;

/// <summary>What the default inspection costs: from outside as a ratio of times, and by its own account.</summary>
internal sealed class ShareCheck : Check
{
    private const int Rounds = 3;

    /// <inheritdoc />
    public override string Name => "share";

    /// <inheritdoc />
    public override object Run(Laboratory laboratory, Expectations expectations)
    {
        var rows = Digit.From(laboratory.Train, laboratory.Scaled(60000, least: 300));
        var times = new Dictionary<string, List<double>> { ["without"] = [], ["inspected"] = [], ["figures too"] = [] };
        var shares = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (name, list) in times)
            {
                var folder = Path.Combine(laboratory.Fresh(Name), "run");
                var isDrawn = name == "figures too";
                var inspection = name == "without" ? null : new InspectionOptions(folder) { Figures = isDrawn, Report = isDrawn };
                list.Add(Fit(laboratory, rows, inspection));
                if (inspection is not null)
                    shares.Add(RunSummary.FromRecord(folder).InspectionShare ?? double.NaN);
            }
        }

        expectations.That(shares.TrueForAll(double.IsFinite), "each record should say what its inspection cost");
        if (laboratory.IsWhole)
            expectations.AtMost(0.02, shares.Max(), "the share of inspection");
        double Ratio(string name) => times[name].Min() / times["without"].Min();
        return new { times, ratio = Ratio("inspected"), withFigures = Ratio("figures too"), shares };
    }

    private static double Fit(Laboratory laboratory, Digit[] rows, InspectionOptions? inspection)
    {
        var context = new MLContext(1) { GpuDeviceId = laboratory.Gpu, FallbackToCpu = false };
        var training = new TrainingOptions { Epochs = 2 };
        var options = new ConvNetOptions { LabelColumnName = nameof(Digit.Class), Training = training, Inspection = inspection };
        var clock = Stopwatch.StartNew();
        using var model = context.MulticlassClassification.Trainers.ConvNet(options).Fit(context.Data.LoadFromEnumerable(rows));
        return clock.Elapsed.TotalSeconds;
    }
}
