using ConvScope.Inspection;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Records.Recording;
using ConvScope.Tests.Inspection;
using ConvScope.Training;
using ConvScope.Training.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

/// <summary>A run whose folder is moved while it goes on, and whose name another run takes then: it leaves that one alone.</summary>
public sealed class MovedRunTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Train_WhoseFolderIsAnothersByNow_TouchesNothingThere()
    {
        Dictionary<string, byte[]>? others = null;
        var logger = new ListLogger();
        var first = Train(epochs: 6, logger, new AtStep(4, () =>
        {
            Directory.Move(_folder.File("run"), _folder.File("moved"));
            Train(epochs: 2);
            others = Files();
        }));
        Assert.That(first.RunFolder, Is.Null);
        Assert.That(Files(), Is.EqualTo(others));
        Assert.That(others, Does.ContainKey("run.db").And.ContainKey("report.html").And.ContainKey(Path.Combine("checkpoints", "epoch-001.pth")));
        Assert.That(logger.Warnings, Has.Some.Contains("belongs to another run by now"));
        using var moved = RunRecord.Open(_folder.File("moved"));
        Assert.That(moved.ReadMetadata()[MetadataNames.Status], Is.EqualTo("completed"), "the record goes where its folder went");
    }

    [Test]
    public void Scope_WhoseFolderIsAnothersByNow_TouchesNothingThere()
    {
        using var network = nn.Linear(4, 2);
        using var optimizer = optim.SGD(network.parameters(), 0.1);
        using var scope = Scope.Attach(network, optimizer, new InspectionOptions(_folder.File("run")) { Snapshots = new Retention { Last = 1 } });
        Dictionary<string, byte[]>? others = null;
        for (var step = 0; step < 4; step++)
        {
            using var tensors = NewDisposeScope();
            optimizer.zero_grad();
            var loss = network.call(ones(3, 4)).square().mean();
            loss.backward();
            optimizer.step();
            scope.Step(loss);
            scope.EndEpoch();
            if (step != 1)
                continue;
            Directory.Move(_folder.File("run"), _folder.File("moved"));
            Train(epochs: 1);
            others = Files();
        }

        scope.Dispose();
        Assert.That(Files(), Is.EqualTo(others));
    }

    private RunRecorder Train(int epochs, ListLogger? logger = null, params TrainingObserver[] observers)
    {
        using var network = ToyImages.Network.CreateModule(1);
        using var data = ToyImages.Create(20);
        var recorder = new RunRecorder(new InspectionOptions(_folder.File("run")) { Schedule = Schedule.Every(1), Figures = false }, ToyImages.Network, logger);
        var options = new TrainingOptions { BatchSize = 8, Epochs = epochs, Seed = 1, Checkpoints = new CheckpointOptions { KeepLast = 2 } };
        new Trainer(options, [recorder, .. observers], logger).Train(network, data);
        recorder.Dispose();
        return recorder;
    }

    private Dictionary<string, byte[]> Files() => Directory.EnumerateFiles(_folder.File("run"), "*", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetRelativePath(_folder.File("run"), file), File.ReadAllBytes);
}
