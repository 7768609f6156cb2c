using System.Globalization;
using ConvScope.Benchmarks;
using ConvScope.Benchmarks.Contests;
using ConvScope.Datasets;
using ConvScope.Networks.Zoo;

// Measures side by side, in one process, what the libraries cost. Arguments choose benchmarks by name; none runs all. Results go to artifacts/benchmarks.
// "stream" draws 20,000 JPEG files, 1.2 GB decoded, and trains two epochs on them: memory and the share of waiting; "stream 2000" fewer;
// "endurance" runs 100,000 inspected steps and prints memory and the record's size; "kill" kills 20 trainings and checks their records; "follow" reads a record while another process writes it;
// "page 10" opens a record of 1,000,000 readings in a browser, compares two tensors of 25 million elements, and keeps ten clients busy for ten minutes;
// "service 10" keeps the web service of pipelines/mnist-service.cs busy for ten minutes.
// "compare lenet 10" runs the contests whose names hold "lenet" in ten rounds, beside PyTorch, TorchSharp and ONNX Runtime; "compare '' 10" runs all and writes docs/comparison.md.
// "recipe mnist-fast 1 10" trains a recipe with seeds 1 to 10 and prints accuracies and times.
switch (args)
{
    case ["endurance"]:
        Endurance.Run(steps: 100_000);
        return 0;
    case ["kill"]:
        return Durability.Kill(times: 20) ? 0 : 1;
    case ["serve", var served]:
        PageSpeed.Serve(served);
        return 0;
    case ["page", var minutes]:
        await PageSpeed.Run(double.Parse(minutes, CultureInfo.InvariantCulture));
        return 0;
    case ["service", var serviceMinutes]:
        return await ServiceLoad.RunAsync(double.Parse(serviceMinutes, CultureInfo.InvariantCulture)) ? 0 : 1;
    case ["recipe", var recipe, var first, var seeds]:
        await RecipeScores.RunAsync(recipe, int.Parse(first, CultureInfo.InvariantCulture), int.Parse(seeds, CultureInfo.InvariantCulture));
        return 0;
    case ["stream"]:
        return ImageStream.Run(count: 20_000) ? 0 : 1;
    case ["stream", var images]:
        return ImageStream.Run(int.Parse(images, CultureInfo.InvariantCulture)) ? 0 : 1;
    case ["compare", var contest, var contestRounds]:
        AllContests.Run(contest, int.Parse(contestRounds, CultureInfo.InvariantCulture));
        return 0;
    case ["contestant", .. var contestant]:
        Contestant.Run(contestant);
        return 0;
    case ["follow"]:
        return Durability.Follow() ? 0 : 1;
    case ["kernel-user", var cure, var kernelNetwork, var kernelSteps]:
        KernelUser.Run(cure, kernelNetwork, int.Parse(kernelSteps, CultureInfo.InvariantCulture));
        return 0;
    case ["victim", var folder, var victimEpochs]:
        Victim.Run(folder, int.Parse(victimEpochs, CultureInfo.InvariantCulture));
        return 0;
}

var epochs = 5;
if (args is [.. var others, "--epochs", var number])
    (args, epochs) = (others, int.Parse(number, CultureInfo.InvariantCulture)); // fewer make fixed costs weigh more

var train = await Mnist.LoadTrainAsync();
var test = await Mnist.LoadTestAsync();
var benchmarks = new Dictionary<string, Func<Benchmark>>
{
    ["inspection"] = () => new InspectionCost(train, epochs),
    ["dashboard"] = () => new DashboardCost(train, epochs),
    ["pipeline"] = () => new PipelineCost(train),
    ["scoring"] = () => new BatchedScoring(train, test),
    ["one"] = () => new OnePrediction(train, test),
    ["many"] = () => new ManyPredictions(train, test),
    ["formats-lenet5"] = () => new ComputeFormats(LeNet5.Create(), batchSize: 64, steps: 200),
    ["formats-smallnet"] = () => new ComputeFormats(SmallNet.Create(), batchSize: 128, steps: 200),
    ["formats-resnet9"] = () => new ComputeFormats(ResNet9.Create(), batchSize: 128, steps: 20),
    ["kernels-lenet5"] = () => new KernelCost("lenet5", steps: 300),
    ["kernels-smallnet"] = () => new KernelCost("smallnet", steps: 100),
    ["kernels-resnet9"] = () => new KernelCost("resnet9", steps: 10),
    ["kernels-vgg16"] = () => new KernelCost("vgg16", steps: 3),
};
var chosen = args.Where(argument => argument.Length > 0).DefaultIfEmpty("all").ToArray();
if (chosen.FirstOrDefault(name => name != "all" && !benchmarks.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}'; there are {string.Join(", ", benchmarks.Keys)}.");
    return 1;
}

foreach (var (name, create) in benchmarks.Where(entry => chosen.Contains("all") || chosen.Contains(entry.Key)))
{
    using var benchmark = create();
    Console.WriteLine($"{name}: {benchmark.Question}");
    var comparison = benchmark.Run(name, round => Console.WriteLine($"  {round}"));
    Console.WriteLine(comparison);
    comparison.Write("artifacts/benchmarks");
}

return 0;
