using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Networks;

namespace ConvScope.Benchmarks.Contests;

/// <summary>ConvScope beside PyTorch, TorchSharp and ONNX Runtime, in turns; the table goes to <c>docs/comparison.md</c>.</summary>
internal static class AllContests
{
    private const string Python = "/usr/bin/python3"; // Debian's, which its packages belong to

    /// <summary>Runs the contests whose names hold a text, and writes the table where all ran.</summary>
    /// <param name="only">The text; empty for all.</param>
    /// <param name="rounds">Turns of each.</param>
    public static void Run(string only, int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("convscope-contest");
        var lines = new List<ContestLine>();
        try
        {
            foreach (var contest in Of(folder.FullName).Where(contest => contest.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
            {
                foreach (var line in contest.Run(rounds))
                {
                    lines.Add(line);
                    Console.WriteLine(line);
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        if (only.Length == 0)
            File.WriteAllText("docs/comparison.md", Page(lines));
    }

    private static IEnumerable<Contest> Of(string root)
    {
        yield return Training(root, "LeNet-5, training, batches of 64", LeNet5.Create(), 64, 300, "full,full-last", withBare: true);
        yield return Training(root, "SmallNet, training, batches of 128, 32-bit floats", SmallNet.Create(), 128, 100, "full,full-last", withBare: true);
        yield return Training(root, "SmallNet, training, batches of 128, mixed precision", SmallNet.Create(), 128, 100, "mixed,mixed-last", withBare: false);
        yield return Training(root, "ResNet-9, training, batches of 128, 32-bit floats", ResNet9.Create(), 128, 6, "full,full-last", withBare: false);
        yield return Training(root, "ResNet-9, training, batches of 128, mixed precision", ResNet9.Create(), 128, 6, "mixed,mixed-last", withBare: false);
        yield return Prediction(root, "LeNet-5, predicting 1 image", LeNet5.Create(), 1, 5000);
        yield return Prediction(root, "LeNet-5, predicting 512 images", LeNet5.Create(), 512, 50);
        var resnet = ResNet.Create(18, 10, new Shape(3, 64, 64));
        yield return Prediction(root, "ResNet-18 at 64x64, predicting 1 image", resnet, 1, 100);
        yield return Prediction(root, "ResNet-18 at 64x64, predicting 512 images", resnet, 512, 1);
    }

    private static Contest Training(string root, string name, NetworkSpec network, int batch, int steps, string forms, bool withBare)
    {
        string[] Work(string folder) => [folder, Text(batch), Text(steps), forms];
        return new Contest(name, () =>
        {
            var folder = ContestFolder.Write(Path.Combine(root, name), network, batch * steps);
            List<Side> sides = [Side.StartOwn("ConvScope", ["convscope", .. Work(folder)]), Side.Start("PyTorch", Python, ["tests/ConvScope.Benchmarks/python/contestant.py", "train", .. Work(folder)])];
            if (withBare)
                sides.Add(Side.StartOwn("TorchSharp", ["torchsharp", .. Work(folder)]));
            return sides;
        }, forms.StartsWith("mixed", StringComparison.Ordinal) ? 2e-2 : 1e-4);
    }

    private static Contest Prediction(string root, string name, NetworkSpec network, int batch, int calls) => new(name, () =>
    {
        var folder = ContestFolder.Write(Path.Combine(root, name), network, Math.Max(batch, 64) / batch * batch);
        string[] work = [folder, Text(batch), Text(calls)];
        return
        [
            Side.StartOwn("ConvScope", ["convscope", .. work]),
            Side.Start("PyTorch", Python, ["tests/ConvScope.Benchmarks/python/contestant.py", "predict", .. work]),
            Side.StartOwn("ONNX Runtime", ["onnxruntime", .. work]),
        ];
    }, 1e-4);

    private static string Page(IEnumerable<ContestLine> lines) => $"""
        # ConvScope beside PyTorch 1.13, TorchSharp and ONNX Runtime

        Written by `./build.sh --target=Compare`. Each program does the same work, from the same weights, images and order, in a process of its own; they take turns (A B C, C B A), and only one works at a time. A number is the
        other's time over ConvScope's: above 1, ConvScope is faster. It is the median of the rounds' ratios, with the interval in which the median lies with 95 % certainty; where that holds 1, nothing is claimed. What is computed is
        compared: losses after an epoch within 1e-4 (2e-2 in mixed precision), probabilities within 1e-4. Each side trains in the layout in which it is fastest, which it tries before.

        {Machine()}

        | work | beside | ratio | 95 % interval | rounds | | layouts, ours / theirs |
        |---|---|---|---|---|---|---|
        {string.Join(Environment.NewLine, lines)}

        PyTorch is Debian's 1.13.1, the newest that was reached on the machine that measured, with OpenBLAS; its images are normalised once and stay in memory. TorchSharp is a loop as its user writes it, on the same libtorch as ConvScope,
        without ConvScope's [memory](memory.md). Absolute times are no result and are not given.

        """;

    private static string Machine()
    {
        var cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        var text = new StringBuilder($"{Environment.ProcessorCount} cores ({cpu}), {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}; ");
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import torch; print('PyTorch', torch.__version__, 'with', torch.get_num_threads(), 'threads,', [line.split()[-1] for line in open('/proc/self/maps') if 'blas' in line][0])"]) { RedirectStandardOutput = true })!;
        var said = process.StandardOutput.ReadToEnd().Trim();
        if (!said.Contains("openblas", StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException($"PyTorch does not use OpenBLAS, and would be twice as slow as it can be: {said}");
        return text.Append(said.Split(",")[0]).Append(", OpenBLAS; ").Append(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd}.").ToString();
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
