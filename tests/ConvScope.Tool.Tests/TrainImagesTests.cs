using System.Text.Json;

namespace ConvScope.Tool.Tests;

/// <summary>Trainings on image files of the user's own.</summary>
public sealed class TrainImagesTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    [Category("Slow")]
    public void Train_OnAnArchive_LeavesAModelThatPredictsFiles()
    {
        var train = PictureFiles.WriteTar(_folder.File("train.tar"), PictureFiles.Create(perClass: 24));
        var test = PictureFiles.WriteFolder(_folder.File("test"), PictureFiles.Create(perClass: 4, seed: 1000));
        var (status, output, error) = ProgramTests.Run(
            "train", "--data", train, "--test-data", test, "--epochs", "25", "--batch-size", "12", "--learning-rate", "0.005", "--level", "Light", "--out", _folder.File("run"));
        Assert.That(status, Is.Zero, error);
        Assert.That(output, Does.Match(@"run: test accuracy \d+\.\d\d %"));
        var summary = JsonDocument.Parse(File.ReadAllText(_folder.File("run/summary.json"))).RootElement;
        Assert.That(summary.GetProperty("dataset").GetString(), Is.EqualTo("train.tar"));
        Assert.That(summary.GetProperty("testAccuracy").GetDouble(), Is.GreaterThan(0.6), "grey images of three brightnesses");

        var predicted = ProgramTests.Run("predict", _folder.File("run/model.zip"), Path.Combine(test, "green/000.jpg"), $"{train}!/blue/000.jpg");
        Assert.That(predicted.Status, Is.Zero, predicted.Error);
        Assert.That(predicted.Output, Does.Match(@"green/000\.jpg: \w+ \d+\.\d\d %, \w+ \d+\.\d\d %").And.Contain("train.tar!/blue/000.jpg: "));
        Assert.That(ProgramTests.Run("predict", _folder.File("run/model.zip"), _folder.File("none.jpg")).Error, Does.Contain("none.jpg' cannot be decoded: "));
    }

    [Test]
    [Category("Slow")]
    public void Train_OnAFolderWithACorruptImage_FailsByNameOrSkipsItAsAsked()
    {
        var files = PictureFiles.Create(perClass: 8);
        files["red/000.jpg"] = [];
        var train = PictureFiles.WriteFolder(_folder.File("train"), files);
        string[] command = ["train", "--data", train, "--epochs", "1", "--batch-size", "8", "--level", "Light", "--out", _folder.File("run")];
        var failed = ProgramTests.Run(command);
        Assert.That(failed.Status, Is.EqualTo(1));
        Assert.That(failed.Error, Does.Contain("red/000.jpg' cannot be decoded: the file is empty."));
        var skipped = ProgramTests.Run([.. command, "--on-corrupt", "Skip"]);
        Assert.That(skipped.Status, Is.Zero, skipped.Error);
        Assert.That(skipped.Error, Does.Contain("red/000.jpg' is left out: the file is empty."));
        Assert.That(skipped.Output, Does.Match(@"run: training accuracy \d+\.\d\d %; --test-data names images to test on"));
    }

    [Test]
    public void Train_OnAPairWithABadTestImage_SaysWhatIsLeftOutAndNamesReachEveryExport()
    {
        var files = PictureFiles.Create(perClass: 4);
        var root = PictureFiles.WriteFolder(_folder.File("set/train"), files);
        PictureFiles.WriteFolder(_folder.File("set/val"), files);
        File.WriteAllBytes(_folder.File("set/val/red/000.jpg"), [1, 2, 3]);
        File.WriteAllText(_folder.File("set/train/red/notes.txt"), "");
        File.CreateSymbolicLink(Path.Combine(root, "red/all"), "..");
        var (status, output, error) = ProgramTests.Run("train", "--data", _folder.File("set"), "--epochs", "1", "--batch-size", "6", "--level", "Light", "--on-corrupt", "Skip", "--out", _folder.File("run"));
        Assert.That(status, Is.Zero, error);
        Assert.That(output, Does.Match(@"run: test accuracy \d+\.\d\d %, log-loss \d"));
        Assert.That(error, Does.Contain("Left out: 1 .txt file (red/notes.txt); 1 link back to a folder above it (red/all).").And.Contain("1 of 12 rows have no score"));
        Assert.That(JsonDocument.Parse(File.ReadAllText(_folder.File("run/summary.json"))).RootElement.GetProperty("classes").EnumerateArray().Select(name => name.GetString()), Is.EqualTo(PictureFiles.ClassNames));
        foreach (var source in new[] { "run", "run/model.zip", "run/checkpoints/epoch-001.pth" })
        {
            var exported = ProgramTests.Run("export", _folder.File(source), _folder.File("model.onnx"));
            Assert.That(exported.Status, Is.Zero, exported.Error);
            Assert.That(System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(_folder.File("model.onnx"))), Does.Contain("[\"blue\",\"green\",\"red\"]"), source);
        }
    }

    [Test]
    public void Train_OnNothing_NamesTheKnownDataSets() => Assert.That(
        ProgramTests.Run("train", "--data", _folder.File("none")).Error, Does.Contain($"There is no data set '{_folder.File("none")}': it is none of mnist, fashion-mnist, cifar10, cifar100, and no folder or archive of images."));

    [Test]
    public void Train_KnownDataSetWithTestData_SaysThatItHasItsOwn() =>
        Assert.That(ProgramTests.Run("train", "--data", "cifar10", "--test-data", _folder.Path).Error, Does.Contain("'cifar10' has test images of its own"));
}
