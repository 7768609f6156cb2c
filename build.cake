var target = Argument("target", "Report");
var configuration = Argument("configuration", "Release");
var backend = Argument("backend", "cpu");
var solution = "ConvScope.slnx";
var results = MakeAbsolute(Directory("artifacts/tests"));
var msbuild = new DotNetMSBuildSettings().WithProperty("TorchBackend", backend);

Task("Restore")
    .Description("Restores the packages.")
    .Does(() => DotNetRestore(solution, new DotNetRestoreSettings { MSBuildSettings = msbuild }));

Task("Build")
    .Description("Builds libraries, tests and benchmarks; a warning is an error.")
    .IsDependentOn("Restore")
    .Does(() => DotNetBuild(solution, new DotNetBuildSettings { Configuration = configuration, NoRestore = true, MSBuildSettings = msbuild }));

Task("Test")
    .Description("Runs all tests that need no GPU and ends with their totals.")
    .IsDependentOn("Build")
    .Does(() =>
    {
        CleanDirectory(results);
        var failedRuns = new List<string>();
        foreach (var project in GetFiles("tests/*.Tests/*.csproj"))
        {
            try
            {
                DotNetTest(project.FullPath, new DotNetTestSettings
                {
                    Configuration = configuration,
                    NoBuild = true,
                    Filter = Argument("filter", "TestCategory!=Gpu"),
                    Loggers = { $"trx;LogFileName={project.GetFilenameWithoutExtension()}.trx", "console;verbosity=normal" },
                    ResultsDirectory = results,
                });
            }
            catch (CakeException)
            {
                failedRuns.Add(project.GetFilenameWithoutExtension().ToString()); // the other projects run all the same
            }
        }

        int Total(string counter) => GetFiles($"{results}/*.trx").Sum(file => int.Parse(XmlPeek(file, $"//t:Counters/@{counter}",
            new XmlPeekSettings { Namespaces = { ["t"] = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010" } })));
        int passed = Total("passed"), failed = Total("failed"), skipped = Total("total") - Total("executed");
        Console.WriteLine($"Tests: {passed} passed, {failed} failed, {skipped} skipped");
        if (failed > 0 || failedRuns.Count > 0)
            throw new CakeException($"Tests failed in {string.Join(", ", failedRuns)}.");
        if (passed == 0)
            throw new CakeException("No test ran.");
    });

Task("Report")
    .Description("The main job: trains LeNet-5 on MNIST and leaves its inspection artifacts, then classifies test images with the saved model.")
    .Does(() =>
    {
        Run("pipelines/mnist-lenet5.cs");
        Run("pipelines/mnist-predict.cs");
    });

Task("Recipes")
    .Description("Trains the recipes whose data can be fetched, and leaves their reports; about 20 minutes on two cores.")
    .Does(() =>
    {
        foreach (var recipe in new[] { "mnist-fast", "mnist-accurate", "fashion-mnist" })
            Run($"pipelines/{recipe}.cs");
    });

Task("Pack")
    .Description("Packs the libraries into artifacts/package.")
    .IsDependentOn("Build")
    .Does(() =>
    {
        foreach (var project in GetFiles("src/*/*.csproj"))
            DotNetPack(project.FullPath, new DotNetPackSettings { Configuration = configuration, NoBuild = true, MSBuildSettings = msbuild });
    });

Task("Bench")
    .Description("Measures side by side what inspection and ML.NET cost; writes artifacts/benchmarks.")
    .IsDependentOn("Build")
    .Does(() => DotNetRun("tests/ConvScope.Benchmarks/ConvScope.Benchmarks.csproj", new ProcessArgumentBuilder().Append(Argument("only", "")),
        new DotNetRunSettings { Configuration = configuration, NoBuild = true }));

Task("Diagnose")
    .Description("Measures the diagnosis on trainings with known faults and on healthy ones; writes artifacts/reports/diagnosis.")
    .IsDependentOn("Build")
    .Does(() => DotNetRun("tests/ConvScope.Zoo/ConvScope.Zoo.csproj", new ProcessArgumentBuilder().Append("--seeds").Append(Argument("seeds", "101,102")),
        new DotNetRunSettings { Configuration = configuration, NoBuild = true }));

void Run(string program)
{
    var arguments = new ProcessArgumentBuilder().Append("run").Append(program).Append("--configuration").Append(configuration).Append($"-p:TorchBackend={backend}");
    if (StartProcess("dotnet", new ProcessSettings { Arguments = arguments }) is not 0 and var status)
        throw new CakeException($"{program} ended with exit status {status}; it says above why.");
}

RunTarget(target);
