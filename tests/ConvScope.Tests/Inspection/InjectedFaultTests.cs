using ConvScope.Disk;
using ConvScope.Inspection;
using ConvScope.Networks;
using ConvScope.Training;
using ConvScope.Training.Saving;

namespace ConvScope.Tests.Inspection;

/// <summary>
/// A training that goes on from another, whose disk fails at one call after the other: <see cref="FaultyDisk"/>. Each ends with its result, leaves what was there before as it was, and each new file
/// whole or not at all. <c>CONVSCOPE_FAULTS=1</c> tries every call, in a minute; else one in nine is.
/// </summary>
[Platform("Linux")]
public sealed class InjectedFaultTests
{
    private const int Stride = 9;
    private readonly ListLogger _logger = new();
    private double[] _losses = [];
    private TemporaryFolder _folder = null!;

    [OneTimeSetUp]
    public void TrainTheFirst()
    {
        Assume.That(FaultyDisk.IsPossible, Is.True, "the calls are replaced on x64");
        _folder = new TemporaryFolder();
        Train("run", epochs: 1);
        _losses = Train("undisturbed", epochs: 3, from: "run");
    }

    [OneTimeTearDown]
    public void Delete() => _folder?.Dispose();

    [Test]
    public void Train_DiskThatFailsAtAnyCall_LosesNothing([Values] DiskFault fault)
    {
        var every = Environment.GetEnvironmentVariable("CONVSCOPE_FAULTS") is null ? Stride : 1;
        var losses = new List<string>();
        var tried = 0;
        for (var at = 1; ; at += every, tried++)
        {
            var name = $"{fault}-{at}";
            var before = RunFiles.Contents(_folder.File("run"));
            var warnings = _logger.Warnings.Count;
            double[] trained;
            using (FaultyDisk.Watch(_folder.Path, at, fault))
                trained = Train(name, epochs: 3, from: "run");
            if (FaultyDisk.Calls.Count < at)
                break;
            if (!trained.SequenceEqual(_losses))
                losses.Add($"{name}: other losses");
            losses.AddRange(
                from what in RunFiles.Changed(_folder.File("run"), before).Concat(RunFiles.Faults(_folder.File(name), fault, isWarned: _logger.Warnings.Count > warnings))
                select $"{name}, {FaultyDisk.Calls[at - 1]}: {what}");
        }

        TestContext.Out.WriteLine(FormattableString.Invariant($"{fault}: {tried} calls, {losses.Count} losses"));
        Assert.That(losses, Is.Empty);
    }

    private double[] Train(string run, int epochs, string? from = null)
    {
        using var network = ToyImages.Network.CreateModule(1);
        using var data = ToyImages.Create(20);
        using var recorder = new RunRecorder(new InspectionOptions(_folder.File(run)) { Budget = null, Level = InspectionLevel.Light }, ToyImages.Network, _logger);
        var options = new TrainingOptions
        {
            Epochs = epochs,
            BatchSize = 8,
            Seed = 3,
            Checkpoints = new CheckpointOptions { KeepLast = 1 },
            ResumeFrom = from is null ? null : _folder.File($"{from}/checkpoints/epoch-001.pth"),
        };
        return [.. new Trainer(options, [recorder], _logger).Train(network, data, data).Epochs.Select(epoch => epoch.TrainLoss)];
    }
}
