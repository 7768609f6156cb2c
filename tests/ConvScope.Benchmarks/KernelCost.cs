using System.Diagnostics;
using System.Globalization;

namespace ConvScope.Benchmarks;

/// <summary>
/// One network trained by kernels that are right for different reasons, as on a machine that hides its caches. Each way is a process of its own, for its kernels are; they take turns, training by training, and time
/// their steps themselves.
/// </summary>
/// <param name="network">The network's name.</param>
/// <param name="steps">Steps of a training.</param>
internal sealed class KernelCost(string network, int steps)
    : Benchmark($"{network}, {steps} steps: cures of wrong kernels by their time over that of unlimited kernels on a machine that shows its caches", rounds: 5)
{
    private static readonly (string Name, string Cure, string? Limit)[] _ways =
    [
        ("caches shown", KernelUser.Visible, null),
        ("cache sizes told", KernelUser.Told, null),
        ("without oneDNN", KernelUser.Without, null),
        ("oneDNN limited to SSE41", KernelUser.Hidden, "SSE41"),
        ("oneDNN limited to AVX2 (not right)", KernelUser.Hidden, "AVX2"),
    ];

    protected override IReadOnlyList<string> Names => [.. _ways.Select(way => way.Name)];

    protected override double[] Round(int round)
    {
        var seconds = new double[_ways.Length];
        for (var turn = 0; turn < seconds.Length; turn++)
        {
            var way = (round + turn) % seconds.Length;
            seconds[way] = Run(_ways[way].Cure, _ways[way].Limit);
        }

        return seconds;
    }

    private double Run(string cure, string? limit)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(KernelCost).Assembly.Location, "kernel-user", cure, network, steps.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        };
        if (limit is not null)
            start.Environment["ONEDNN_MAX_CPU_ISA"] = limit;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? double.Parse(output, CultureInfo.InvariantCulture) : throw new InvalidOperationException($"The process of '{cure}' failed.");
    }
}
