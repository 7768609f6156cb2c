using ConvScope.Networks;
using ConvScope.Training;
using ConvScope.Training.Saving;

namespace ConvScope.Tests.Training;

/// <summary>A limit in bytes for the checkpoints of a training: older epochs give way, never the last and the best.</summary>
public sealed class CheckpointLimitTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Train_LimitForThree_KeepsTheBestAndTheLastThatFit()
    {
        var logger = new ListLogger();
        Train(new CheckpointOptions(_folder.File("c")) { KeepLast = 9 }, new ListLogger());
        var size = new FileInfo(_folder.File("c/epoch-005.pth")).Length;
        Train(new CheckpointOptions(_folder.File("d")) { KeepLast = 9, Limit = 3 * size + size / 2 }, logger);
        Assert.That(Files("d"), Is.EqualTo(new[] { "best.pth", "epoch-004.pth", "epoch-005.pth" }));
        Assert.That(logger.Warnings, Is.Empty);
    }

    [Test]
    public void Train_LimitBelowTheLastAndTheBest_WritesThemAndSaysSoOnce()
    {
        var logger = new ListLogger();
        Train(new CheckpointOptions(_folder.File("c")) { KeepLast = 9, Limit = 10 }, logger);
        Assert.That(Files("c"), Is.EqualTo(new[] { "best.pth", "epoch-005.pth" }));
        Assert.That(logger.Warnings, Has.Count.EqualTo(1));
        Assert.That(logger.Warnings[0], Does.Match("^The checkpoints in '.*c' take .* KB, more than their limit of 10 B: the last one and the best are kept all the same.$"));
    }

    [Test]
    public void Train_ResumedWithALimit_LeavesTheCheckpointsOfTheOther()
    {
        Train(new CheckpointOptions(_folder.File("c")) { KeepLast = 9 }, new ListLogger());
        var before = Files("c");
        Train(new CheckpointOptions(_folder.File("c")) { Limit = 10 }, new ListLogger(), resumeFrom: _folder.File("c/epoch-002.pth"));
        Assert.That(Files("c"), Is.EqualTo(before));
        Assert.That(Files("c-002"), Is.SupersetOf(new[] { "epoch-005.pth" }).And.No.Member("epoch-004.pth"));
    }

    [Test]
    public void Validate_LimitBelowOne_NamesIt() => Assert.That(
        new CheckpointOptions { Limit = 0 }.Validate, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.StartsWith("The limit of the checkpoints is a number of bytes, at least 1"));

    private static void Train(CheckpointOptions checkpoints, ListLogger logger, string? resumeFrom = null)
    {
        using var network = ToyImages.Network.CreateModule(1);
        using var data = ToyImages.Create(20);
        new Trainer(new TrainingOptions { BatchSize = 8, Epochs = 5, Seed = 1, Checkpoints = checkpoints, ResumeFrom = resumeFrom }, logger: logger).Train(network, data);
    }

    private string[] Files(string folder) =>
        [.. Directory.EnumerateFiles(_folder.File(folder), "*.pth").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
