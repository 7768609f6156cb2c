using ConvScope.Records.Files;
using ConvScope.Records.Recording;

namespace ConvScope.Tests.Inspection;

public sealed class RunSummaryTests
{
    private static readonly RunSummary _summary = new()
    {
        Network = "LeNet-5",
        Dataset = "mnist",
        Device = "cpu",
        Status = "completed",
        Epochs = 5,
        TrainLoss = 0.125,
        TrainAccuracy = 0.96875,
        ValidationAccuracy = 0.9375,
        TestAccuracy = 0.984375,
        TrainingSeconds = 12.5,
        InspectionSeconds = 0.25,
        InspectionShare = 0.02,
        Findings = ["Layer 'conv1' is silent."],
    };

    private static readonly string _text = """
        {
          "network": "LeNet-5",
          "dataset": "mnist",
          "device": "cpu",
          "status": "completed",
          "epochs": 5,
          "trainLoss": 0.125,
          "trainAccuracy": 0.96875,
          "validationAccuracy": 0.9375,
          "testAccuracy": 0.984375,
          "trainingSeconds": 12.5,
          "inspectionSeconds": 0.25,
          "inspectionShare": 0.02,
          "findings": [
            "Layer \u0027conv1\u0027 is silent."
          ],
          "files": [
            "summary.json"
          ]
        }
        """.ReplaceLineEndings();

    [Test]
    public void Write_OfASummary_IsThisText()
    {
        using var folder = new TemporaryFolder();
        _summary.Write(folder.Path);
        Assert.That(File.ReadAllText(folder.File("summary.json")), Is.EqualTo(_text));
    }

    [Test]
    public void Read_OfWrite_GivesTheSame()
    {
        using var folder = new TemporaryFolder();
        _summary.Write(folder.Path);
        var read = RunSummary.Read(folder.Path);
        Assert.That(read.Findings, Is.EqualTo(_summary.Findings));
        Assert.That(read.Files, Is.EqualTo(new[] { "summary.json" }));
        Assert.That(read with { Findings = _summary.Findings, Files = _summary.Files }, Is.EqualTo(_summary));
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Read_DivergedLoss_IsKept(double loss)
    {
        using var folder = new TemporaryFolder();
        (_summary with { TrainLoss = loss }).Write(folder.Path);
        Assert.That(RunSummary.Read(folder.Path).TrainLoss, Is.EqualTo(loss));
        Assert.That(File.ReadAllText(folder.File("summary.json")), Does.Contain($"\"trainLoss\": \"{(double.IsNaN(loss) ? "NaN" : "Infinity")}\""));
    }

    [Test]
    public void Write_FolderWithFiles_ListsThemInOrdinalOrderWithForwardSlashes()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in new[] { "run.db", "figures/weights/b.png", "figures/B.png", "figures/a.png", "Zoo.txt", "half.tmp" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.File(file))!);
            File.WriteAllText(folder.File(file), "");
        }

        _summary.Write(folder.Path);
        _summary.Write(folder.Path);
        Assert.That(RunSummary.Read(folder.Path).Files, Is.EqualTo(new[] { "Zoo.txt", "figures/B.png", "figures/a.png", "figures/weights/b.png", "run.db", "summary.json" }));
    }

    [Test]
    public void Write_SummaryThatCannotBeReplaced_LeavesNothingPartial()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("summary.json/in the way"));
        Assert.That(() => _summary.Write(folder.Path), Throws.InstanceOf<IOException>().Or.InstanceOf<UnauthorizedAccessException>());
        Assert.That(Directory.GetFiles(folder.Path), Is.Empty);
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("null")]
    [TestCase("[1]")]
    [TestCase("{\"network\": \"LeNet-5\"}")]
    public void Read_FileThatIsNoSummary_NamesIt(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("summary.json"), text);
        Assert.That(Assert.Throws<DamagedFileException>(() => RunSummary.Read(folder.Path))!.Message, Does.StartWith($"'{folder.File("summary.json")}' is not a summary of a run: "));
    }

    [Test]
    public void Read_NoSummary_NamesTheFile()
    {
        using var folder = new TemporaryFolder();
        Assert.That(Assert.Throws<FileNotFoundException>(() => RunSummary.Read(folder.Path))!.FileName, Is.EqualTo(folder.File("summary.json")));
    }

    [Test]
    public void FromRecord_CompletedRun_TakesTheLastEpoch()
    {
        using var folder = new TemporaryFolder();
        using (var writer = Start(folder))
        {
            writer.Append(new StepReadings(9, 1, 1, [(Of(QuantityNames.TrainLoss), 2), (Of(QuantityNames.TrainAccuracy), 0.25), (Of(QuantityNames.ValidationAccuracy), 0.5)]));
            writer.Append(new StepReadings(19, 2, 2, [(Of(QuantityNames.TrainLoss), double.NaN), (Of(QuantityNames.TrainAccuracy), 0.75), (Of(QuantityNames.ValidationAccuracy), 1)]));
            writer.SetMetadata(new Dictionary<string, string> { ["status"] = "completed", ["dataset"] = "toy images", ["training seconds"] = "8", ["inspection seconds"] = "0.5" });
        }

        Assert.That(RunSummary.FromRecord(folder.Path) with { Findings = _summary.Findings, Files = _summary.Files }, Is.EqualTo(new RunSummary
        {
            Network = "toy",
            Dataset = "toy images",
            Device = "cpu",
            Status = "completed",
            Epochs = 2,
            TrainLoss = double.NaN,
            TrainAccuracy = 0.75,
            ValidationAccuracy = 1,
            TrainingSeconds = 8,
            InspectionSeconds = 0.5,
            InspectionShare = 0.0625,
            Findings = _summary.Findings,
            Files = _summary.Files,
        }));
    }

    [Test]
    public void FromRecord_RunThatWasKilledAtOnce_LeavesTheNumbersOpen()
    {
        using var folder = new TemporaryFolder();
        using (Start(folder)) { }
        var summary = RunSummary.FromRecord(folder.Path);
        Assert.That((summary.Status, summary.Epochs), Is.EqualTo(("running", 0)));
        Assert.That(new[] { summary.TrainLoss, summary.TrainAccuracy, summary.ValidationAccuracy, summary.TrainingSeconds, summary.InspectionShare }, Has.All.Null);
    }

    [Test]
    public void FromRecord_NoRecord_NamesTheFolder()
    {
        using var folder = new TemporaryFolder();
        Assert.That(Assert.Throws<FileNotFoundException>(() => RunSummary.FromRecord(folder.Path))!.Message, Does.StartWith($"'{folder.Path}' holds no record"));
    }

    private static RunRecordWriter Start(TemporaryFolder folder) => new(
        folder.Path, new Dictionary<string, string> { ["network"] = "toy", ["device"] = "cpu", ["status"] = "running" }, exception => throw new AssertionException("", exception));

    private static Series Of(string quantity) => new(quantity, "", "1");
}
