using System.Diagnostics;
using System.Text.Json;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Formats;
using ConvScope.Records.Networks;
using ConvScope.Records.Recording;

namespace ConvScope.Tool.Tests;

/// <summary>The command in a process of its own, as people run it.</summary>
public sealed class ProgramTests
{
    private static readonly string _tool = typeof(Program).Assembly.Location;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void WriteRun()
    {
        _folder = new TemporaryFolder();
        using var writer = new RunRecordWriter(_folder.File("run"), new Dictionary<string, string> { [MetadataNames.Status] = "completed" }, exception => Assert.Fail(exception.Message));
        writer.Append(new StepReadings(0, 1, 0.1, [(new Series("loss", "", "nats"), 2.3)]));
        writer.AppendSnapshot(0, 0, SnapshotKind.Weights, [new NamedArray("w", [2, 2], [1, 2, 3, 4])]);
        writer.AppendSnapshot(1, 1, SnapshotKind.Weights, [new NamedArray("w", [2, 2], [2, 4, 6, 8])]);
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Report_OfARun_WritesItsPageAndSaysWhere()
    {
        var (status, output, _) = Run("report", _folder.File("run"));
        Assert.That((status, output.Trim()), Is.EqualTo((0, _folder.File("run/report.html"))));
        Assert.That(File.ReadAllText(_folder.File("run/report.html")), Does.StartWith("<!doctype html>"));
    }

    [Test]
    public void Report_OfNoRun_SaysWhy()
    {
        var (status, _, error) = Run("report", _folder.File("nothing"));
        Assert.That(status, Is.EqualTo(1));
        Assert.That(error, Does.StartWith("convscope: ").And.Contain("holds no record"));
    }

    [Test]
    public void Compare_TwoSnapshots_PrintsTheNumbers()
    {
        var snapshots = Directory.EnumerateFiles(_folder.File("run/snapshots")).Order(StringComparer.Ordinal).ToArray();
        var (status, output, _) = Run("compare", snapshots[0], snapshots[1], "w");
        Assert.That(status, Is.Zero);
        Assert.That(output, Does.Contain("cosine                   1\n").And.Contain("relative distance        1\n").And.Contain("largest difference       4 at index 3\n"));
    }

    [Test]
    public void Compare_ATensorThatIsNotThere_NamesThoseThatAre()
    {
        var snapshot = Directory.EnumerateFiles(_folder.File("run/snapshots")).First();
        Assert.That(Run("compare", snapshot, snapshot, "v").Error, Does.Contain("has no tensor 'v'; it has w."));
    }

    [Test]
    public void Compare_TwoRuns_ComparesEveryTensor()
    {
        var (status, output, _) = Run("compare", _folder.File("run"), _folder.File("run"), "--json");
        Assert.That(status, Is.Zero);
        var tensor = JsonDocument.Parse(output).RootElement.GetProperty("tensors")[0];
        Assert.That((tensor.GetProperty("tensor").GetString(), tensor.GetProperty("cosine").GetDouble(), tensor.GetProperty("largestDifference").GetDouble()), Is.EqualTo(("w", 1.0, 0.0)));
    }

    [Test]
    public void Inspect_ARun_PrintsItsLastWeights()
    {
        var (status, output, _) = Run("inspect", _folder.File("run"));
        Assert.That(status, Is.Zero);
        Assert.That(output, Does.Contain("run, after step 1, 1 tensors, 4 values").And.Match(@"w +2x2 +5 +2\.236 +2 "));
    }

    [Test]
    public void Inspect_ACheckpoint_WritesPageNumbersAndPictures()
    {
        var (status, output, _) = Run("inspect", Fixture("checkpoint.pth"), "--out", _folder.File("out"), "--json");
        Assert.That(status, Is.Zero);
        var tensors = JsonDocument.Parse(output).RootElement.GetProperty("tensors").EnumerateArray().ToList();
        Assert.That(tensors.Select(tensor => tensor.GetProperty("name").GetString()), Does.Contain("conv1.weight").And.Contain("fc2.bias"));
        Assert.That(Directory.EnumerateFiles(_folder.File("out/figures/weights")).Select(Path.GetFileName), Is.EquivalentTo(new[] { "conv1.weight.png", "conv2.weight.png", "conv3.weight.png", "fc1.weight.png", "fc2.weight.png" }));
        Assert.That(File.ReadAllText(_folder.File("out/index.html")), Does.Contain("<img loading=\"lazy\" src=\"figures/weights/conv1.weight.png\" alt=\"Mosaic of conv1.weight, 6x1x5x5"));
        Assert.That(File.ReadAllText(_folder.File("out/summary.json")), Is.EqualTo(output.TrimEnd()));
    }

    [Test]
    public void Inspect_AHostileFile_TellsTheCallAndMakesNone()
    {
        var (status, _, error) = Run("inspect", Fixture("hostile_reduce.pth"));
        Assert.That(status, Is.EqualTo(1));
        Assert.That(error, Does.Contain("hostile_reduce.pth' holds no tensors").And.Contain("This file would call posix.system(\"touch /tmp/pwned\") where it is loaded without weights_only."));
    }

    [Test]
    public void Inspect_SeveralNetworksAndACall_SaysWhichWasTakenAndWhatWouldBeCalled()
    {
        StoredTensor Weight(string name, int size) => StoredTensor.Of(new NamedArray(name, [size], new float[size]));
        var longest = new string('n', 260);
        using (var hostile = Checkpoint.Open(Fixture("hostile_reduce.pth")))
        {
            Checkpoint.Write(_folder.File("gan.pth"), new Dictionary<string, object?>
            {
                ["netD"] = new Dictionary<string, object?> { ["w"] = Weight("w", 2) },
                ["netG"] = new Dictionary<string, object?> { [longest] = StoredTensor.Of(new NamedArray(longest, [2, 2], new float[4])) },
                ["extra"] = hostile.Root,
            });
        }

        var (status, output, _) = Run("inspect", _folder.File("gan.pth"), "--out", _folder.File("out"));
        Assert.That(status, Is.Zero);
        Assert.That(output, Does.Contain("taken: 'netG' (1 tensor, 4 values); left: 'netD' (1 tensor, 2 values); --key chooses").And.Contain("this file would call posix.system(\"touch /tmp/pwned\") where it is loaded without weights_only"));
        Assert.That(Directory.EnumerateFiles(_folder.File("out/figures/weights")).Select(Path.GetFileName), Is.EqualTo(new[] { $"{longest[..120]}~.png" }));
        Assert.That(Run("inspect", _folder.File("gan.pth"), "--key", "netD").Output, Does.Contain("1 tensors, 2 values").And.Not.Contain("taken:"));
        Assert.That(Run("export", _folder.File("gan.pth"), _folder.File("d.safetensors"), "--key", "netD").Status, Is.Zero);
    }

    [Test]
    public void Export_NetworkOfTheZoo_TakesTheClassesOfItsLastLayerAndNoWeightsOfAnother()
    {
        Safetensors.WriteTensors(_folder.File("w.safetensors"), [.. ZeroTensors.Of(NetworkZoo.Create("squeezenet1_1", 2)).OrderBy(tensor => tensor.Name, StringComparer.Ordinal)]);
        var (status, _, error) = Run("export", _folder.File("w.safetensors"), _folder.File("w.onnx"), "--network", "squeezenet1_1", "--image-size", "64");
        Assert.That(status, Is.Zero, error);
        Assert.That(System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(_folder.File("w.onnx"))), Does.Contain("[\"0\",\"1\"]"));
        (status, _, error) = Run("export", _folder.File("w.safetensors"), _folder.File("v.onnx"), "--network", "resnet18");
        Assert.That(status, Is.EqualTo(1));
        Assert.That(error, Does.Contain("The weights do not fit network 'ResNet-18': ").And.Contain("They fit 'squeezenet1_1' of the network zoo with 2 outputs."));
        Assert.That(Run("export", _folder.File("w.safetensors"), _folder.File("v.onnx")).Error, Does.Contain("--network names one of the zoo. They fit 'squeezenet1_1' of the network zoo with 2 outputs."));
        Assert.That(File.Exists(_folder.File("v.onnx")), Is.False);
    }

    [Test]
    public void Compare_FilesOfSeveralDictionaries_SaysWhichWereTaken()
    {
        StoredTensor Weight(int size) => StoredTensor.Of(new NamedArray("w", [size], new float[size]));
        Checkpoint.Write(_folder.File("gan.pth"), new Dictionary<string, object?> { ["netD"] = new Dictionary<string, object?> { ["w"] = Weight(2) }, ["netG"] = new Dictionary<string, object?> { ["w"] = Weight(4) } });
        var (status, output, _) = Run("compare", _folder.File("gan.pth"), _folder.File("run"));
        Assert.That(status, Is.Zero);
        Assert.That(output, Does.StartWith($"{_folder.File("gan.pth")}: taken: 'netG' (1 tensor, 4 values); left: 'netD' (1 tensor, 2 values); --key chooses\n"));
        output = Run("compare", _folder.File("gan.pth"), _folder.File("run"), "--json").Output;
        Assert.That(JsonDocument.Parse(output).RootElement.GetProperty("first").GetProperty("otherKeys").EnumerateArray().Single().GetString(), Is.EqualTo("netD"));
    }

    [Test]
    public void Export_RunOfAnOlderVersionWithNormalisations_SaysWhatIsMissingAndWritesNothing()
    {
        var network = NetworkZoo.Create("resnet9", 3, new Shape(3, 32, 32));
        using (var writer = new RunRecordWriter(_folder.File("old"), new Dictionary<string, string> { [MetadataNames.NetworkJson] = network.ToJson() }, exception => Assert.Fail(exception.Message)))
            writer.AppendSnapshot(0, 0, SnapshotKind.Weights, [.. ZeroTensors.Of(network).Where(tensor => !tensor.Name.Contains("running") && !tensor.Name.Contains("tracked")).Select(tensor => new NamedArray(tensor.Name, tensor.Shape, tensor.ReadFloats()))]);
        foreach (var target in new[] { "old.pth", "old.onnx", "old.safetensors" })
        {
            var (status, _, error) = Run("export", _folder.File("old"), _folder.File(target));
            Assert.That(status, Is.EqualTo(1));
            Assert.That(error, Does.Contain("was written by an older version, which kept no running statistics: 16 tensors are missing, '").And.Contain("running_mean'").And.Contain("A checkpoint or the model of that run has all of them."));
            Assert.That(File.Exists(_folder.File(target)), Is.False);
        }
    }

    [TestCase("lenet.safetensors")]
    [TestCase("lenet.pth")]
    [TestCase("lenet.dat")]
    public void Export_ACheckpoint_KeepsEveryBit(string target)
    {
        Assert.That(Run("export", Fixture("lenet_legacy.pth"), _folder.File(target)).Status, Is.Zero);
        using var original = Checkpoint.Open(Fixture("lenet_legacy.pth"));
        using var copy = Checkpoint.Open(_folder.File(target));
        Assert.That(copy.Tensors.Select(tensor => $"{tensor} {Convert.ToHexString(tensor.ReadBytes())}"), Is.EqualTo(original.Tensors.Select(tensor => $"{tensor} {Convert.ToHexString(tensor.ReadBytes())}")));
    }

    [Test]
    public void Export_UnknownEnding_SaysWhichThereAre() =>
        Assert.That(Run("export", Fixture("lenet_zip.pth"), _folder.File("lenet.txt")).Error, Does.Contain("should end in .pth, .pt, .safetensors, .dat, .tsm or .onnx"));

    [Test]
    public void Doctor_OnAMachineThatCanTrain_SaysWhichLibtorchAndWhyNotCuda()
    {
        var (status, output, _) = Run("doctor", "--json");
        var facts = JsonDocument.Parse(output).RootElement;
        Assert.That(status, Is.Zero);
        Assert.That(facts.GetProperty("libtorch").GetString(), Is.Not.Empty);
        Assert.That(facts.GetProperty("convolutions").GetString(), Is.EqualTo("right"));
        Assert.That(facts.GetProperty("kernels").GetString(), Does.Match("^(as they are|oneDNN with usual cache sizes, because|without oneDNN, because).*; checked"));
        Assert.That(facts.GetProperty("checked").GetString(), Does.EndWith("; 0 are wrong"));
        Assert.That(facts.GetProperty("CUDA").GetString(), Does.Match("not available: .+|GPUs"));
        Assert.That(facts.GetProperty("TensorFloat-32").GetString(), Does.StartWith("in convolutions, on GPUs from Ampere on"));
    }

    [Test]
    public void RunOfVersion1_EveryCommandThatReadsOne_Opens()
    {
        using var run = new TemporaryFolder();
        run.CopyFrom(Path.Combine(AppContext.BaseDirectory, "fixtures", "v1"));
        string checkpoint = run.File("checkpoints/epoch-005.pth"), last = run.File("snapshots/step-004690.safetensors");
        Assert.That(Run("report", run.Path).Status, Is.Zero);
        Assert.That(Run("inspect", run.Path, "--out", run.File("inspected")).Output, Does.Contain("conv1.weight"));
        Assert.That(Run("compare", checkpoint, last).Output, Does.Match(@"conv1\.weight\s+6x1x5x5\s+1\s"));
        Assert.That(Run("export", checkpoint, run.File("again.safetensors")).Status, Is.Zero);
    }

    [TestCase("train")]
    [TestCase("inspect")]
    [TestCase("compare")]
    [TestCase("serve")]
    [TestCase("report")]
    [TestCase("predict")]
    [TestCase("export")]
    public void Help_OfACommand_ShowsAnExample(string command)
    {
        var (status, output, _) = Run(command, "--help");
        Assert.That(status, Is.Zero);
        Assert.That(output, Does.Contain($"convscope {command} "));
    }

    [Test]
    public void Suggest_BeginningOfACommand_CompletesIt() => Assert.That(Run("[suggest]", "ins").Output.Trim(), Is.EqualTo("inspect"));

    [Test]
    public void Serve_NoAddress_SaysSo() => Assert.That(Run("serve", _folder.Path, "--address", "nowhere").Error, Does.Contain("'nowhere' is not an IP address."));

    [Test]
    public async Task Serve_AFolder_PrintsTheAddressThatAnswers()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", _tool, "serve", _folder.Path, "--port", "0"]) { RedirectStandardOutput = true })!;
        try
        {
            var line = await process.StandardOutput.ReadLineAsync();
            using var client = new HttpClient();
            Assert.That(await client.GetStringAsync(new Uri(new Uri(line!.Split(' ')[^1]), "api/runs")), Does.Contain("\"name\":\"run\""));
        }
        finally
        {
            process.Kill();
        }
    }

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "fixtures", "pytorch", name);

    internal static (int Status, string Output, string Error) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", _tool, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
