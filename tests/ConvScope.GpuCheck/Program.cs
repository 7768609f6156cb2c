using System.Globalization;
using ConvScope.Datasets;
using ConvScope.GpuCheck;
using ConvScope.GpuCheck.Checks;
using ConvScope.Native;

// What a machine with a GPU must show:  ConvScope.GpuCheck OUT [--device cuda|cpu] [--scale 1] [--seconds 240] [check ...]
// Each check writes one line of JSON to OUT/checks.jsonl at once. On a CPU the checks prove themselves: both sides are then the CPU.
// ConvScope.GpuCheck fetch  only puts the data that they need into the cache.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["fetch"])
{
    await Mnist.LoadTrainAsync();
    await Mnist.LoadTestAsync();
    return 0;
}

CheckArguments arguments;
try
{
    arguments = CheckArguments.Parse(args, [.. AllChecks.InOrderOfWorth.Select(check => check.Name)]);
}
catch (ArgumentException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

TorchRuntime.Load(); // before any use of TorchSharp, which would else take a libtorch that the system's loader finds by name
var laboratory = new Laboratory(arguments.Output, arguments.IsCuda, arguments.Scale);
var runner = new CheckRunner(laboratory, arguments.Limit, TimeProvider.System, Console.WriteLine);
return runner.Run(AllChecks.InOrderOfWorth.Where(check => arguments.Checks.Contains(check.Name))) ? 0 : 1;
