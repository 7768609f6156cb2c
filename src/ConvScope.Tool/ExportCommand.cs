using System.CommandLine;
using ConvScope.ML.Onnx;
using ConvScope.Networks.Weights;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Formats;

namespace ConvScope.Tool;

/// <summary><c>convscope export SOURCE TARGET</c>: weights from one format to another.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("source") { Description = "A checkpoint, a safetensors file, a model.zip or a run folder." };
        var target = new Argument<string>("target") { Description = "The file to write: .pth for PyTorch (a state dictionary), .safetensors, .dat for TorchSharp's Module.load, or .onnx where the network's description is kept with the weights." };
        var key = new Option<string?>("--key") { Description = "Where the state dictionary lies inside a checkpoint." };
        var network = new Option<string?>("--network") { Description = "The network of the zoo that the weights belong to, for .onnx. One output is taken for binary classification unless the source says otherwise." };
        network.AcceptOnlyFromAmong([.. NetworkZoo.Names]);
        var prefix = new Option<string?>("--prefix") { Description = "What stands before the network's names, such as module., and is taken off; found by matching where the network is known. Tensors without it are left." };
        var size = new Option<int?>("--image-size") { Description = "Rows and columns of the images that a network of --network takes; else those that it was made for." };
        var command = new Command("export", """
            Writes the weights of a checkpoint, a model or a run as a file that other tools open.

            Examples:
              convscope export artifacts/reports/mnist-lenet5/model.zip lenet5.pth
              convscope export runs/lenet5/checkpoints/best.pth lenet5.onnx
              convscope export vgg16.pth vgg16.onnx --network vgg16
            """) { source, target, key, network, prefix, size };
        command.SetWork(async (result, _) =>
        {
            using var tensors = TensorSource.Open(result.GetValue(source)!, result.GetValue(key));
            RunWeights.RefusePart(tensors, result.GetValue(source)!);
            var path = result.GetValue(target)!;
            foreach (var note in tensors.Notes)
                await result.InvocationConfiguration.Error.WriteLineAsync(note).ConfigureAwait(false);
            IReadOnlyList<StoredTensor> All() => result.GetValue(prefix) is { } given ? WeightNames.Under(tensors.Tensors, given) : tensors.Tensors;
            switch (Path.GetExtension(path))
            {
                case ".pth" or ".pt":
                    Checkpoint.Write(path, All().ToDictionary(tensor => tensor.Name, tensor => (object?)tensor));
                    break;
                case ".safetensors":
                    Safetensors.WriteTensors(path, All(), new Dictionary<string, string> { ["format"] = "pt" });
                    break;
                case ".dat" or ".tsm":
                    TorchSharpFile.Write(path, All());
                    break;
                case ".onnx":
                    var described = ExportedNetwork.Of(tensors, result.GetValue(source)!, result.GetValue(network), result.GetValue(size), result.GetValue(prefix));
                    if (described.Note is { } taken)
                        await result.InvocationConfiguration.Error.WriteLineAsync(taken).ConfigureAwait(false);
                    WeightFit.Check(described.Network, described.Weights, tensors.Named);
                    OnnxExport.Write(path, described.Network, described.Weights, tensors.ClassNames?.Count == described.Network.ClassCount ? tensors.ClassNames : null);
                    break;
                default:
                    throw new ArgumentException($"'{path}' should end in .pth, .pt, .safetensors, .dat, .tsm or .onnx.");
            }

            await result.InvocationConfiguration.Output.WriteLineAsync(path).ConfigureAwait(false);
        });
        return command;
    }
}
