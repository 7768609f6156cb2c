using System.Xml.Linq;

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

Task("Browser")
    .Description("Finds a Chromium for the tests of the page, or gets one: Debian's, Playwright's, or that of an npm package.")
    .IsDependentOn("Build")
    .Does(() => FindBrowser());

Task("Test")
    .Description("Runs all tests that need no GPU and ends with what was skipped and why, and with the totals.")
    .IsDependentOn("Build")
    .Does(() =>
    {
        CleanDirectory(results);
        var browser = FindBrowser();
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
                    EnvironmentVariables = { [browser.Name] = browser.Value },
                });
            }
            catch (CakeException)
            {
                failedRuns.Add(project.GetFilenameWithoutExtension().ToString()); // the other projects run all the same
            }
        }

        var files = GetFiles($"{results}/*.trx").Select(file => XDocument.Load(file.FullPath)).ToList();
        IEnumerable<XElement> All(XContainer within, string name) => within.Descendants().Where(element => element.Name.LocalName == name);
        int Total(string counter) => files.SelectMany(file => All(file, "Counters")).Sum(counters => (int)counters.Attribute(counter));
        foreach (var reason in files.SelectMany(file => All(file, "UnitTestResult")).Where(test => (string)test.Attribute("outcome") == "NotExecuted")
            .GroupBy(test => All(test, "Message").FirstOrDefault()?.Value.Trim() ?? "no reason given"))
            Console.WriteLine($"Skipped, {reason.Count()}: {reason.Key}");
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

(string Name, string Value) FindBrowser()
{
    var arguments = new ProcessArgumentBuilder().Append($"run --project tests/ConvScope.Browsers --configuration {configuration} --no-build");
    if (StartProcess("dotnet", new ProcessSettings { Arguments = arguments, RedirectStandardOutput = true }, out var lines) != 0)
        throw new CakeException("The settings for the browser of the tests are wrong.");
    return lines.Last().Split('=', 2) is [var name, var value] ? (name, value) : throw new CakeException("The search for a browser ended without an answer.");
}

void Run(string program)
{
    var arguments = new ProcessArgumentBuilder().Append("run").Append(program).Append("--configuration").Append(configuration).Append($"-p:TorchBackend={backend}");
    if (StartProcess("dotnet", new ProcessSettings { Arguments = arguments }) != 0)
        throw new CakeException($"{program} failed.");
}

RunTarget(target);
