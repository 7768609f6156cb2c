using ConvScope.Records.Recording;

namespace ConvScope.Records.Tests.Recording;

public sealed class RunDirectoryTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Claim_TakenFolders_GivesTheFirstFreeNumber()
    {
        Directory.CreateDirectory(_folder.File("run-002"));
        File.WriteAllText(_folder.File("run-002/run.db"), "of an older version");
        Directory.CreateDirectory(_folder.File("run-003/checkpoints"));
        File.WriteAllText(_folder.File("run-003/checkpoints/epoch-004.pth"), "");
        string[] claimed = [.. Enumerable.Range(0, 3).Select(_ => Path.GetFileName(RunDirectory.Claim(_folder.File("run"), "a").Folder))];
        Assert.That(claimed, Is.EqualTo(new[] { "run", "run-004", "run-005" }));
    }

    [Test]
    public void Claim_ManyAtOnce_EachGetsItsOwn()
    {
        var claimed = new string[24];
        Parallel.For(0, claimed.Length, new ParallelOptions { MaxDegreeOfParallelism = 12 }, index => claimed[index] = RunDirectory.Claim(_folder.File("run"), $"{index}").Folder);
        Assert.That(claimed.Distinct().Count(), Is.EqualTo(claimed.Length));
        Assert.That(claimed.Select(folder => File.ReadAllText(Path.Combine(folder, RunDirectory.ClaimName))), Is.All.Contain("\"run\""));
    }

    [Test]
    public void Claim_RelativeFolder_IsAFullPath()
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, _folder.File("run"));
        Assert.That(new[] { RunDirectory.Claim(relative, "a").Folder, RunDirectory.Claim($"{relative}/", "b").Folder }, Is.EqualTo(new[] { _folder.File("run"), _folder.File("run-002") }));
    }

    [TestCase("report.html")]
    [TestCase("summary.json")]
    [TestCase("model.zip")]
    [TestCase("best.pth")]
    [TestCase("checkpoints/best.pth")]
    [TestCase("checkpoints/interrupted.pth")]
    [TestCase("figures/loss.png")]
    [TestCase("snapshots/mine.safetensors")]
    public void Claim_FolderWithAFileOfOnesOwn_TakesTheNextOne(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File($"run/{file}"))!);
        File.WriteAllText(_folder.File($"run/{file}"), "mine");
        Assert.That(RunDirectory.Claim(_folder.File("run"), "a").Folder, Is.EqualTo(_folder.File("run-002")));
        Assert.That(RunDirectory.Clear(_folder.File("run")), Is.False);
        Assert.That(File.ReadAllText(_folder.File($"run/{file}")), Is.EqualTo("mine"));
    }

    [Test]
    public void Claim_FolderWithFilesOfOtherNames_TakesIt()
    {
        Directory.CreateDirectory(_folder.File("run/data"));
        File.WriteAllText(_folder.File("run/notes.txt"), "mine");
        Assert.That(RunDirectory.Claim(_folder.File("run"), "a").Folder, Is.EqualTo(_folder.File("run")));
    }

    [Test]
    public void Claim_WhileOthersTryTheFolder_Works()
    {
        var folders = new string[40];
        Parallel.For(0, folders.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, index =>
        {
            RunDirectory.CheckWritable(_folder.File("a/run"));
            folders[index] = RunDirectory.Claim(_folder.File("a/run"), $"{index}").Folder;
        });
        Assert.That(folders, Is.Unique);
        Assert.That(Directory.EnumerateDirectories(_folder.File("a")).Order(), Is.EqualTo(folders.Order()));
    }

    [Test]
    public void CheckWritable_NameThatIsTooLong_FailsAndLeavesNothing()
    {
        Assert.That(() => RunDirectory.CheckWritable(_folder.File($"a/{new string('l', 300)}")), Throws.InstanceOf<IOException>().With.Message.Contains("so nothing is trained"));
        Assert.That(Directory.EnumerateFileSystemEntries(_folder.Path), Is.Empty);
    }

    [Test]
    public void Claim_FolderThatIsAFile_Fails()
    {
        File.WriteAllText(_folder.File("file"), "");
        Assert.That(() => RunDirectory.Claim(_folder.File("file/run"), "a"), Throws.InstanceOf<IOException>());
        Assert.That(() => RunDirectory.CheckWritable(_folder.File("file/run")), Throws.InstanceOf<IOException>().With.Message.Contains("is a file"));
    }

    [Test]
    public void CheckWritable_FolderThatIsMissing_LeavesNothing()
    {
        RunDirectory.CheckWritable(_folder.File("a/b/c"));
        Assert.That(Directory.EnumerateFileSystemEntries(_folder.Path), Is.Empty);
    }

    [Test]
    public void Clear_Run_DeletesOurFilesAndNothingElse()
    {
        string[] ours = ["run.json", "run.db", "summary.json", "report.html", "model.zip", "model.onnx", "snapshots/step-000000.safetensors", "checkpoints/epoch-001.pth", "checkpoints/best.pth", "figures/loss.png", "figures/weights/fc.svg", "figures/gradients/fc.svg"];
        string[] others = ["notes.txt", "checkpoints/mine.pth", "figures/mine.jpg", "thesis/chapter.tex"];
        foreach (var file in ours.Concat(others))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File($"run/{file}"))!);
            File.WriteAllText(_folder.File($"run/{file}"), file);
        }

        Assert.That(RunDirectory.Clear(_folder.File("run")), Is.True);
        Assert.That(Directory.EnumerateFiles(_folder.File("run"), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder.File("run"), file).Replace('\\', '/')), Is.EquivalentTo(others));
    }

    [Test]
    public void Clear_FolderWithoutARun_TouchesNothing()
    {
        File.WriteAllText(_folder.File("report.html"), "a report of somebody else");
        Assert.That(RunDirectory.Clear(_folder.Path), Is.False);
        Assert.That(File.Exists(_folder.File("report.html")), Is.True);
    }

    [Test]
    public void Clear_RunThatGoesOn_LeavesIt()
    {
        Directory.CreateDirectory(_folder.File("run"));
        var metadata = new Dictionary<string, string> { ["status"] = "running", ["host"] = RecordingProcess.Host, ["process"] = RecordingProcess.Describe() };
        using var writer = new RunRecordWriter(_folder.File("run"), metadata, _ => { });
        Assert.That(RunDirectory.Clear(_folder.File("run")), Is.False);
        Assert.That(File.Exists(_folder.File("run/run.db")), Is.True);
    }

    [TestCase("run/checkpoints", "run-002/checkpoints")]
    [TestCase("run", "run-002")]
    [TestCase("elsewhere", "elsewhere")]
    [TestCase("run-other/checkpoints", "run-other/checkpoints")]
    public void Place_PathBelowTheWantedFolder_GoesWithTheRun(string path, string expected)
    {
        RunDirectory.Claim(_folder.File("run"), "a");
        var second = RunDirectory.Claim(_folder.File("run"), "b");
        Assert.That(Path.GetFullPath(second.Place(_folder.File(path))), Is.EqualTo(_folder.File(expected)));
    }
}
