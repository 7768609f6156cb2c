using System.Diagnostics;
using ConvScope.Browsers;
using ConvScope.Dashboard;
using ConvScope.Datasets;
using ConvScope.Inspection;
using ConvScope.ML;
using ConvScope.Training;
using Microsoft.ML;

namespace ConvScope.Benchmarks;

/// <summary>The main job's inspected <c>Fit</c> with its page open in a browser against the same that nobody looks at. Server and browser run on the same machine as the training.</summary>
internal sealed class DashboardCost : SideBySide
{
    private readonly MLContext _context = new(1);
    private readonly Digit[] _digits;
    private readonly int _epochs;
    private readonly DirectoryInfo _served = Directory.CreateTempSubdirectory("convscope-served-");
    private readonly DashboardHost _dashboard;
    private readonly Process _browser;

    public DashboardCost(ImageSet train, int epochs) : base("an inspected Fit with its page open in a browser against one that nobody looks at; at most 1.02", rounds: 7)
    {
        _digits = Digit.From(train);
        _epochs = epochs;
        _dashboard = DashboardHost.Start(_served.FullName, new DashboardOptions { Port = 0 });
        var executable = BrowserFinder.Required(new ThisMachine()).Path;
        _browser = Process.Start(executable, ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--window-size=1400,900", "--log-level=3", _dashboard.Url.ToString()]);
    }

    protected override IReadOnlyList<(string Name, Action<Action> Run)> Ways =>
    [
        ("nobody looking", afterStep => Inspect(afterStep, Directory.CreateTempSubdirectory("convscope-bench-").FullName)),
        ("page open", afterStep => Inspect(afterStep, _served.FullName)),
    ];

    public override void Dispose()
    {
        _browser.Kill(entireProcessTree: true);
        _browser.Dispose();
        _dashboard.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _served.Delete(recursive: true);
        base.Dispose();
    }

    private void Inspect(Action afterStep, string folder)
    {
        var run = Path.Combine(folder, "run");
        if (Directory.Exists(run))
            Directory.Delete(run, recursive: true);
        var inspection = new InspectionOptions(run) { Figures = false, Report = false };
        using var model = _context.MulticlassClassification.Trainers.ConvNet(new ConvNetOptions { Training = new TrainingOptions { Epochs = _epochs }, Inspection = inspection, Observers = [new Turns.Observer(afterStep)] })
            .Fit(_context.Data.LoadFromEnumerable(_digits));
    }
}
