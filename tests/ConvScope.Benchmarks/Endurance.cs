using System.Globalization;
using ConvScope.Inspection;
using ConvScope.Records.Recording;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Benchmarks;

/// <summary>A long training of a tiny network under the default inspection: whether memory stays flat, and how large its record gets.</summary>
internal static class Endurance
{
    public static void Run(int steps)
    {
        var folder = Directory.CreateTempSubdirectory("convscope-endurance-");
        ConvScope.Native.TorchRuntime.Load();
        manual_seed(1);
        using var network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10));
        using var optimizer = optim.SGD(network.parameters(), 0.01, 0.9);
        using var images = randn(4096, 1, 8, 8);
        using var labels = randint(10, [4096], dtype: ScalarType.Int64);
        var samples = new List<(double Step, double Managed, double Resident, double Tensors)>();
        using (var scope = Scope.Attach(network, optimizer, new InspectionOptions(Path.Combine(folder.FullName, "run")) { StepsPerEpoch = 1000, Snapshots = new Retention { Last = 5 } }))
        {
            for (var step = 0; step < steps; step++)
            {
                using (NewDisposeScope())
                {
                    var start = step * 16L % 4096;
                    var batch = labels.narrow(0, start, 16);
                    optimizer.zero_grad();
                    var outputs = network.call(images.narrow(0, start, 16));
                    var loss = nn.functional.cross_entropy(outputs, batch);
                    loss.backward();
                    optimizer.step();
                    scope.Step(loss, outputs, batch);
                }

                if ((step + 1) % 1000 == 0)
                    scope.EndEpoch();
                if ((step + 1) % 5000 == 0)
                    samples.Add((step + 1, GC.GetTotalMemory(forceFullCollection: true) / 1e6, Environment.WorkingSet / 1e6, Tensor.TotalCount));
            }

            Console.WriteLine($"failure: {scope.Failure?.Message ?? "none"}");
        }

        foreach (var sample in samples)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {sample.Step:F0}: managed {sample.Managed:F2} MB, resident {sample.Resident:F1} MB, tensors {sample.Tensors:F0}"));
        var later = samples.Skip(samples.Count / 4).ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"slope after the first quarter, per 100,000 steps: managed {Slope(later, sample => sample.Managed):F2} MB, resident {Slope(later, sample => sample.Resident):F2} MB, tensors {Slope(later, sample => sample.Tensors):F1}"));
        var size = folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) / 1e6;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"record with snapshots: {size:F1} MB"));
        folder.Delete(recursive: true);
    }

    private static double Slope(IReadOnlyList<(double Step, double Managed, double Resident, double Tensors)> samples, Func<(double Step, double Managed, double Resident, double Tensors), double> value)
    {
        double meanStep = samples.Average(sample => sample.Step), mean = samples.Average(value);
        return 100_000 * samples.Sum(sample => (sample.Step - meanStep) * (value(sample) - mean)) / samples.Sum(sample => (sample.Step - meanStep) * (sample.Step - meanStep));
    }
}
