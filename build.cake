var target = Argument("target", "Report");
var configuration = Argument("configuration", "Release");
var backend = Argument("backend", "cpu");
var solution = "ConvScope.slnx";
var msbuild = new DotNetMSBuildSettings().WithProperty("TorchBackend", backend);

#load "tests/tests.cake"

Task("Restore")
    .Description("Restores the packages.")
    .Does(() => DotNetRestore(solution, new DotNetRestoreSettings { MSBuildSettings = msbuild }));

Task("Build")
    .Description("Builds libraries, tests and benchmarks; a warning is an error.")
    .IsDependentOn("Restore")
    .Does(() =>
    {
        DotNetBuild(solution, new DotNetBuildSettings { Configuration = configuration, NoRestore = true, MSBuildSettings = msbuild });
    });

Task("Report")
    .Description("The main job: trains LeNet-5 on MNIST and leaves its inspection artifacts, then classifies test images with the saved model.")
    .Does(() =>
    {
        RunProgram("dotnet", $"run pipelines/mnist-lenet5.cs --configuration {configuration} -p:TorchBackend={backend}");
        RunProgram("dotnet", $"run pipelines/mnist-predict.cs --configuration {configuration} -p:TorchBackend={backend}");
    });

Task("Recipes")
    .Description("Trains the recipes whose data can be fetched, and leaves their reports; about 20 minutes on two cores.")
    .Does(() =>
    {
        foreach (var recipe in new[] { "mnist-fast", "mnist-accurate", "fashion-mnist" })
            RunProgram("dotnet", $"run pipelines/{recipe}.cs --configuration {configuration} -p:TorchBackend={backend}");
    });

Task("Pack")
    .Description("Packs the libraries into artifacts/package.")
    .IsDependentOn("Build")
    .Does(() =>
    {
        foreach (var project in GetFiles("src/*/*.csproj"))
            DotNetPack(project.FullPath, new DotNetPackSettings { Configuration = configuration, NoBuild = true, MSBuildSettings = msbuild });
    });

Task("Consume")
    .Description("Packs the libraries and uses the packages from outside the repository, as README says.")
    .Does(() => RunProgram("bash", "tests/consume.sh"));

Task("Bench")
    .Description("Measures side by side what inspection and ML.NET cost; writes artifacts/benchmarks.")
    .IsDependentOn("Build")
    .Does(() => RunProject("ConvScope.Benchmarks", Argument("only", "")));

Task("Compare")
    .Description("Measures ConvScope beside PyTorch (Debian's packages, installed where they are missing), TorchSharp and ONNX Runtime; writes docs/comparison.md. Nothing else should run meanwhile.")
    .IsDependentOn("Build")
    .Does(() =>
    {
        if (StartProcess("/usr/bin/python3", "-c \"import torch, torchvision, matplotlib\"") != 0)
            RunProgram("apt-get", "install -y -qq --no-install-recommends python3-torch python3-torchvision python3-matplotlib libopenblas0-openmp");
        RunProject("ConvScope.Benchmarks", $"compare \"{Argument("only", "")}\" {Argument("rounds", "10")}");
    });

Task("Diagnose")
    .Description("Measures the diagnosis on trainings with known faults and on healthy ones; writes artifacts/reports/diagnosis.")
    .IsDependentOn("Build")
    .Does(() => RunProject("ConvScope.Zoo", $"--seeds {Argument("seeds", "101,102")}"));

void RunProject(string project, string arguments) =>
    RunProgram("dotnet", $"run --project tests/{project} --configuration {configuration} --no-build -- {arguments}");

void RunProgram(string program, string arguments)
{
    if (StartProcess(program, arguments) is not 0 and var status)
        throw new CakeException($"{program} {arguments} ended with exit status {status}; it says above why.");
}

RunTarget(target);
