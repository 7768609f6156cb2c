using System.CommandLine;
using ConvScope.Checkpoints;

namespace ConvScope.Tool;

/// <summary><c>convscope export SOURCE TARGET</c>: weights from one format to another.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("source") { Description = "A checkpoint, a safetensors file, a model.zip or a run folder." };
        var target = new Argument<string>("target") { Description = "The file to write: .pth for PyTorch (a state dictionary), .safetensors for safetensors." };
        var key = new Option<string?>("--key") { Description = "Where the state dictionary lies inside a checkpoint." };
        var command = new Command("export", """
            Writes the weights of a checkpoint, a model or a run as a file that other tools open.

            Examples:
              convscope export artifacts/reports/mnist-lenet5/model.zip lenet5.pth
              convscope export vgg16.pth vgg16.safetensors
            """) { source, target, key };
        command.SetWork(async (result, _) =>
        {
            using var tensors = TensorSource.Open(result.GetValue(source)!, result.GetValue(key));
            var path = result.GetValue(target)!;
            switch (Path.GetExtension(path))
            {
                case ".pth" or ".pt":
                    Checkpoint.Write(path, tensors.Tensors.ToDictionary(tensor => tensor.Name, tensor => (object?)tensor));
                    break;
                case ".safetensors":
                    Safetensors.WriteTensors(path, tensors.Tensors, new Dictionary<string, string> { ["format"] = "pt" });
                    break;
                default:
                    throw new ArgumentException($"'{path}' should end in .pth, .pt or .safetensors.");
            }

            await result.InvocationConfiguration.Output.WriteLineAsync(path).ConfigureAwait(false);
        });
        return command;
    }
}
