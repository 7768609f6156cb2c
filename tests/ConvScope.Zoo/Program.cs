using System.Globalization;
using ConvScope.Datasets;
using ConvScope.Native;
using ConvScope.Zoo;

// Measures the diagnosis on the zoo: ConvScope.Zoo [--seeds 101,102] [--only name] [--out artifacts/reports/diagnosis]
string Argument(string name, string otherwise) => args.SkipWhile(argument => argument != $"--{name}").Skip(1).FirstOrDefault() ?? otherwise;
int[] seeds = [.. Argument("seeds", "101,102").Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
var only = Argument("only", "");
var output = Argument("out", "artifacts/reports/diagnosis");
TorchRuntime.Load();
List<ImageData> sets = [ImageData.From(await Mnist.LoadTrainAsync()), ImageData.Drawn(7)];
try
{
    sets.Add(ImageData.From(await FashionMnist.LoadTrainAsync()));
}
catch (IOException exception)
{
    Console.WriteLine($"Fashion-MNIST is left out: {exception.Message.Split('\n')[0]}");
}

var work = Directory.CreateTempSubdirectory("convscope-zoo-");
var results = new List<ZooResult>();
foreach (var one in Faults.All.Concat(Healthy.All).Where(one => one.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
{
    foreach (var (data, seed) in sets.SelectMany(data => seeds.Select(seed => (data, seed))))
    {
        var result = ZooTraining.Run(one, data, seed, Path.Combine(work.FullName, "run"));
        results.Add(result);
        Console.WriteLine($"{(result.HasCollapsed ? "collapsed" : result.Case.IsHealthy ? result.IsAlarmed ? "FALSE" : "quiet" : result.IsRight ? "right" : result.IsAlarmed ? "other" : "MISSED")} | {one.Name} | {data.Name} | {seed} | {result.Accuracy:P0} | {result.Rules}");
        Directory.Delete(Path.Combine(work.FullName, "run"), recursive: true);
    }
}

work.Delete(recursive: true);
var report = ZooReport.Write(results, output);
Console.WriteLine(report);
