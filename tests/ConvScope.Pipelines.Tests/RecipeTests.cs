using System.Globalization;
using ConvScope.Records.Recording;

namespace ConvScope.Pipelines.Tests;

/// <summary>The programs of recipes, run as their reader runs them.</summary>
internal sealed class RecipeTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void MnistFast_LeavesItsReportAndIsRightAsOftenAsItSays()
    {
        var printed = RunningPipeline.Run("mnist-fast.cs", "--out", _folder.File("run"));
        var summary = RunSummary.Read(_folder.File("run"));
        Assert.That(summary.TestAccuracy, Is.GreaterThan(0.986), printed);
        Assert.That(printed, Does.Contain($"Test accuracy: {summary.TestAccuracy!.Value.ToString("P2", CultureInfo.InvariantCulture)}"));
        AssertLeaves("report.html", "model.zip", "figures/loss.png");
    }

    [Test]
    public void Cifar10_ArchiveOfThePublishedFormat_TrainsAndLeavesItsReport()
    {
        CifarFiles.Write10(_folder.File("cifar.tar.gz"), perFile: 8, python: false);
        var printed = RunningPipeline.Run("cifar10.cs", "--archive", _folder.File("cifar.tar.gz"), "--epochs", "1", "--out", _folder.File("run"));
        Assert.That(printed, Does.Contain("Test accuracy: "));
        Assert.That(RunSummary.Read(_folder.File("run")).Network, Is.EqualTo("ResNet-9"));
        AssertLeaves("report.html", "model.zip", "figures/loss.png", "figures/augmentation.png");
    }

    private void AssertLeaves(params string[] files)
    {
        foreach (var file in files)
            Assert.That(new FileInfo(Path.Combine(_folder.File("run"), file)).Length, Is.GreaterThan(1000), file);
    }
}
