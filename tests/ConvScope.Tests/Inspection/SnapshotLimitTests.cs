using ConvScope.Inspection;
using ConvScope.Networks;
using ConvScope.Records.Recording;
using ConvScope.Training;

namespace ConvScope.Tests.Inspection;

public sealed class SnapshotLimitTests
{
    [Test]
    public void Train_BeyondTheLimitOfTheSnapshots_KeepsTheLastWeightsAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        using var network = ToyImages.Network.CreateModule(1);
        using var data = ToyImages.Create(20);
        var logger = new ListLogger();
        using var recorder = new RunRecorder(new InspectionOptions(folder.File("run")) { SnapshotLimit = 20_000, Budget = null }, ToyImages.Network, logger);
        new Trainer(new TrainingOptions { Epochs = 6, BatchSize = 8, Seed = 1 }, [recorder]).Train(network, data);

        Assert.That(new DirectoryInfo(folder.File("run/snapshots")).GetFiles().Sum(file => file.Length), Is.LessThanOrEqualTo(20_000));
        using var record = RunRecord.Open(folder.File("run"));
        Assert.That(record.ReadSnapshots()[^1].Epoch, Is.EqualTo(6));
        var summary = RunSummary.Read(folder.File("run"));
        Assert.That(summary.SnapshotCuts, Does.StartWith("the limit of 20 KB was reached in epoch ").And.EqualTo(record.ReadMetadata()["snapshot cuts"]));
        Assert.That(logger.Lines.Count(line => line.Contains("the limit of 20 KB was reached", StringComparison.Ordinal)), Is.EqualTo(1));
    }
}
