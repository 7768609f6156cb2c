using System.Xml.Linq;

var results = MakeAbsolute(Directory("artifacts/tests"));

Task("Test")
    .Description("Runs all tests, and the checks of a GPU on the CPU; ends with what was skipped or failed and why, and with the totals.")
    .IsDependentOn("Build")
    .Does(() =>
    {
        CleanDirectory(results);
        var browser = FindBrowser();
        var failed = GetFiles("tests/*.Tests/*.csproj").Where(project => !Runs(() => DotNetTest(project.FullPath, new DotNetTestSettings
        {
            Configuration = configuration,
            NoBuild = true,
            Filter = Argument("filter", "TestCategory!=Gpu"),
            Loggers = { $"trx;LogFileName={project.GetFilenameWithoutExtension()}.trx", "console;verbosity=normal" },
            ResultsDirectory = results,
            EnvironmentVariables = { [browser.Name] = browser.Value },
        }))).Select(project => project.GetFilenameWithoutExtension().ToString()).ToList(); // the other projects run all the same
        if (!HasArgument("filter") && !Runs(CheckGpu))
            failed.Add("ConvScope.GpuCheck");
        WriteTotals();
        if (failed.Count > 0)
            throw new CakeException($"Tests failed in {string.Join(", ", failed)}.");
    });

Task("Browser")
    .Description("Finds a Chromium for the tests of the page, or gets one: Debian's, Playwright's, or that of an npm package.")
    .IsDependentOn("Build")
    .Does(() => FindBrowser());

Task("GpuCheck")
    .Description("Runs the checks of a GPU: with --device=cuda --scale=1 where there is one, else on the CPU, where they prove themselves.")
    .IsDependentOn("Build")
    .Does(CheckGpu);

Task("GpuKit")
    .Description("Packs these checks for a machine that has a GPU and no .NET into .gpu/kit.tar.xz; docs/gpu.md says how to use it.")
    .Does(() => RunProgram("bash", "tests/ConvScope.GpuCheck/kit/pack.sh"));

(string Name, string Value) FindBrowser()
{
    var arguments = $"run --project tests/ConvScope.Browsers --configuration {configuration} --no-build";
    if (StartProcess("dotnet", new ProcessSettings { Arguments = arguments, RedirectStandardOutput = true }, out var lines) != 0)
        throw new CakeException("The settings for the browser of the tests are wrong.");
    var setting = lines.Last().Split('=', 2);
    return (setting[0], setting[1]);
}

void CheckGpu()
{
    CleanDirectory("artifacts/gpu-check");
    var (device, scale) = (Argument("device", "cpu"), Argument("scale", "0.005"));
    RunProject("ConvScope.GpuCheck", $"artifacts/gpu-check --device {device} --scale {scale} --seconds 3600");
}

void WriteTotals()
{
    var files = GetFiles($"{results}/*.trx").Select(file => XDocument.Load(file.FullPath)).ToList();
    IEnumerable<XElement> All(XContainer within, string name) => within.Descendants().Where(element => element.Name.LocalName == name);
    string Reason(XElement test) => All(test, "Message").FirstOrDefault()?.Value.Trim() ?? "no reason given";
    int Total(string counter) => files.SelectMany(file => All(file, "Counters")).Sum(counters => (int)counters.Attribute(counter));
    var skipped = files.SelectMany(file => All(file, "UnitTestResult")).Where(test => (string)test.Attribute("outcome") == "NotExecuted");
    foreach (var reason in skipped.GroupBy(Reason))
        Console.WriteLine($"Skipped, {reason.Count()}: {reason.Key}");
    foreach (var test in files.SelectMany(file => All(file, "UnitTestResult")).Where(test => (string)test.Attribute("outcome") == "Failed"))
        Console.WriteLine($"Failed: {(string)test.Attribute("testName")}\n{Reason(test)}\n{All(test, "StackTrace").FirstOrDefault()?.Value.Trim()}");
    Console.WriteLine($"Tests: {Total("passed")} passed, {Total("failed")} failed, {Total("total") - Total("executed")} skipped");
    if (Total("passed") == 0)
        throw new CakeException("No test ran.");
}

bool Runs(Action action)
{
    try
    {
        action();
        return true;
    }
    catch (CakeException)
    {
        return false;
    }
}
