using ConvScope.Datasets;
using ConvScope.ML;
using ConvScope.Recording;
using Microsoft.ML;

namespace ConvScope.Benchmarks;

/// <summary>The main job's <c>Fit</c> without inspection against the same with the default inspection, its figures and its summary included.</summary>
internal sealed class InspectionCost(ImageSet train) : Benchmark("the main job's Fit with default inspection against without; at most 1.05", pairs: 5)
{
    private readonly MLContext _context = new(1);
    private readonly Digit[] _digits = Digit.From(train);

    protected override void Baseline() => Fit(null);

    protected override void Candidate()
    {
        var folder = Directory.CreateTempSubdirectory("convscope-bench-");
        Fit(new InspectionOptions(Path.Combine(folder.FullName, "run")));
        folder.Delete(recursive: true);
    }

    private void Fit(InspectionOptions? inspection)
    {
        using var model = _context.MulticlassClassification.Trainers.ConvNet(new ConvNetOptions { Inspection = inspection }).Fit(_context.Data.LoadFromEnumerable(_digits));
    }
}
