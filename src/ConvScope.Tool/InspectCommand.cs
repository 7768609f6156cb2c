using System.CommandLine;
using System.Globalization;
using ConvScope.Reporting.Checkpoints;

namespace ConvScope.Tool;

/// <summary><c>convscope inspect PATH</c>: what is in a checkpoint, a model or a run.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("path") { Description = "A PyTorch checkpoint (.pth, .pt), a safetensors file, an ML.NET model.zip, or a run folder." };
        var output = new Option<string?>("--out", "-o") { Description = "A folder that gets index.html, summary.json and a mosaic of each parameter." };
        var key = new Option<string?>("--key") { Description = "Where the state dictionary lies inside a checkpoint, such as ema.state_dict; found by itself in most." };
        var json = new Option<bool>("--json") { Description = "Prints JSON." };
        var command = new Command("inspect", """
            Shows the tensors of a checkpoint, a model or a run: layer table where the network is known, distribution of each tensor, pictures.

            Examples:
              convscope inspect vgg16.pth --out vgg16
              convscope inspect artifacts/reports/mnist-lenet5 --json
            """) { path, output, key, json };
        command.SetWork(async (result, _) =>
        {
            using var source = TensorSource.Open(result.GetValue(path)!, result.GetValue(key));
            var context = new CheckpointContext
            {
                Key = source.Key, OtherKeys = [.. source.Others.Select(other => other.Key)], LeftOut = source.LeftOut, Calls = [.. source.Calls.Select(call => call.Text)],
            };
            var summary = await Terminal.Progress(result, "measuring", progress => result.GetValue(output) is { } folder
                ? CheckpointInspection.Write(result.GetValue(path)!, source.Format, source.Tensors, folder, progress, context)
                : CheckpointInspection.Measure(result.GetValue(path)!, source.Format, source.Tensors, progress, context)).ConfigureAwait(false);
            var print = result.InvocationConfiguration.Output;
            if (result.GetValue(json))
            {
                await print.WriteLineAsync(summary.ToJson()).ConfigureAwait(false);
                return;
            }

            await print.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{summary.Source}: {summary.Format}, {summary.Tensors.Count:N0} tensors, {summary.Count:N0} values")).ConfigureAwait(false);
            foreach (var note in source.Notes)
                await print.WriteLineAsync(note).ConfigureAwait(false);
            if (source.Network is { } network)
                await print.WriteLineAsync($"\n{network}").ConfigureAwait(false);
            Terminal.Print(result, ["tensor", "shape", "mean", "std", "min", "1 %", "median", "99 %", "max", "norm", "|w| < 0.001", "histogram"], summary.Tensors.Select(Row), 1, 11);
            if (summary.LeftOut.Count > 0)
                await print.WriteLineAsync($"not measured: {string.Join("; ", summary.LeftOut)}").ConfigureAwait(false);
            if (summary.NonFinite.Count > 0)
                await print.WriteLineAsync($"NaN or infinities in {string.Join(", ", summary.NonFinite)}").ConfigureAwait(false);
            if (result.GetValue(output) is { } written)
                await print.WriteLineAsync(Path.Combine(written, CheckpointInspection.PageName)).ConfigureAwait(false);
        });
        return command;
    }

    private static string[] Row(ParameterDistribution tensor) =>
    [
        tensor.Name, tensor.Shape, Number(tensor.Mean), Number(tensor.StandardDeviation), Number(tensor.Minimum), Number(tensor.Percentiles[0]), Number(tensor.Percentiles[3]), Number(tensor.Percentiles[6]),
        Number(tensor.Maximum), Number(tensor.Norm), tensor.NearZeroShare.ToString("P1", CultureInfo.InvariantCulture), tensor.Sparkline,
    ];

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
