using System.CommandLine;
using ConvScope.ML.Onnx;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Formats;
using ConvScope.Records.Networks;

namespace ConvScope.Tool;

/// <summary><c>convscope export SOURCE TARGET</c>: weights from one format to another.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("source") { Description = "A checkpoint, a safetensors file, a model.zip or a run folder." };
        var target = new Argument<string>("target") { Description = "The file to write: .pth for PyTorch (a state dictionary), .safetensors, or .onnx where the network's description is kept with the weights." };
        var key = new Option<string?>("--key") { Description = "Where the state dictionary lies inside a checkpoint." };
        var network = new Option<string?>("--network") { Description = "The network of the zoo that the weights belong to, for .onnx. One output is taken for binary classification unless the source says otherwise." };
        network.AcceptOnlyFromAmong([.. NetworkZoo.Names]);
        var command = new Command("export", """
            Writes the weights of a checkpoint, a model or a run as a file that other tools open.

            Examples:
              convscope export artifacts/reports/mnist-lenet5/model.zip lenet5.pth
              convscope export runs/lenet5/checkpoints/best.pth lenet5.onnx
              convscope export vgg16.pth vgg16.onnx --network vgg16
            """) { source, target, key, network };
        command.SetWork(async (result, _) =>
        {
            using var tensors = TensorSource.Open(result.GetValue(source)!, result.GetValue(key));
            var path = result.GetValue(target)!;
            foreach (var note in tensors.Notes)
                await result.InvocationConfiguration.Error.WriteLineAsync(note).ConfigureAwait(false);
            switch (Path.GetExtension(path))
            {
                case ".pth" or ".pt":
                    Checkpoint.Write(path, tensors.Tensors.ToDictionary(tensor => tensor.Name, tensor => (object?)tensor));
                    break;
                case ".safetensors":
                    Safetensors.WriteTensors(path, tensors.Tensors, new Dictionary<string, string> { ["format"] = "pt" });
                    break;
                case ".onnx":
                    var classes = (int)tensors.Tensors.Last(tensor => tensor.Shape.Count > 0).Shape[0]; // the classifier's
                    var description = result.GetValue(network) is { } name ? Described(NetworkZoo.Create(name, classes), tensors.Network) : tensors.Network
                        ?? throw new ArgumentException($"'{result.GetValue(source)}' does not say which network its weights belong to; --network names one of the zoo.");
                    OnnxExport.Write(path, description, tensors.Tensors, tensors.ClassNames?.Count == description.ClassCount ? tensors.ClassNames : null);
                    break;
                default:
                    throw new ArgumentException($"'{path}' should end in .pth, .pt, .safetensors or .onnx.");
            }

            await result.InvocationConfiguration.Output.WriteLineAsync(path).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>The network of the zoo, for the task that the source's own description names.</summary>
    private static NetworkSpec Described(NetworkSpec network, NetworkSpec? own) => own is not null && own.Outputs == network.Outputs ? network.For(own.Task) : network;
}
