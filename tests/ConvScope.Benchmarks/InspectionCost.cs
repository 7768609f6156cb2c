using ConvScope.Datasets;
using ConvScope.Inspection;
using ConvScope.ML;
using ConvScope.Quantities;
using ConvScope.Records.Recording;
using ConvScope.Training;
using Microsoft.ML;

namespace ConvScope.Benchmarks;

/// <summary>The main job's <c>Fit</c> without inspection against the same with it: the default with its figures, report and summary, the default's measuring alone, and everything every 64 steps.</summary>
internal sealed class InspectionCost(ImageSet train, int epochs) : SideBySide("the main job's Fit with inspection against without; default at most 1.05, measuring alone 1.02, full 1.10", rounds: 7, inTurns: false)
{
    private readonly MLContext _context = new(1);
    private readonly Digit[] _digits = Digit.From(train);

    protected override IReadOnlyList<(string Name, Action<Action> Run)> Ways =>
    [
        ("without", afterStep => Fit(afterStep, null)),
        ("default", afterStep => Inspect(afterStep, folder => new InspectionOptions(folder))),
        ("standard, no figures", afterStep => Inspect(afterStep, folder => new InspectionOptions(folder) { Figures = false, Report = false })),
        ("full every 64 steps", afterStep => Inspect(afterStep, folder => new InspectionOptions(folder) { Figures = false, Report = false, Level = InspectionLevel.Full, Schedule = Schedule.Every(64), Budget = null })),
    ];

    private void Inspect(Action afterStep, Func<string, InspectionOptions> options)
    {
        var folder = Directory.CreateTempSubdirectory("convscope-bench-");
        Fit(afterStep, options(Path.Combine(folder.FullName, "run")));
        using (var record = RunRecord.Open(Path.Combine(folder.FullName, "run")))
        {
            var metadata = record.ReadMetadata(); // what the inspection itself says that it cost, to compare with what is seen from outside
            Console.WriteLine($"    {metadata[MetadataNames.Level]}: {metadata[MetadataNames.InspectionSeconds]} s ({metadata[MetadataNames.InspectionCosts]})");
        }

        folder.Delete(recursive: true);
    }

    private void Fit(Action afterStep, InspectionOptions? inspection)
    {
        using var model = _context.MulticlassClassification.Trainers.ConvNet(new ConvNetOptions { Training = new TrainingOptions { Epochs = epochs }, Inspection = inspection, Observers = [new Turns.Observer(afterStep)] }).Fit(_context.Data.LoadFromEnumerable(_digits));
    }
}
