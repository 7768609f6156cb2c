using System.Runtime.InteropServices;
using ConvScope.Checkpoints;
using ConvScope.ML.Onnx;
using ConvScope.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.ML;

/// <summary>A trained network: its description, its weights, and the classes that it tells apart.</summary>
/// <remarks>Prediction may run on several threads at once; nothing in the model changes.</remarks>
public sealed class ConvNetModel : IDisposable
{
    private readonly Device _device;
    private bool _disposed;

    internal ConvNetModel(NetworkSpec network, nn.Module<Tensor, Tensor> module, Device device, ClassLabels labels)
    {
        Network = network;
        Module = module;
        Labels = labels;
        _device = device;
        module.eval();
    }

    /// <summary>The network's description.</summary>
    public NetworkSpec Network { get; }

    /// <summary>The network with its weights, in evaluation mode. It belongs to the model: do not dispose it.</summary>
    public nn.Module<Tensor, Tensor> Module { get; }

    /// <summary>The classes in the order of the scores; their numbers from 0 where the label had no names.</summary>
    public IReadOnlyList<string> ClassNames => Labels.Names;

    /// <summary>The classes with the values that they stand for.</summary>
    internal ClassLabels Labels { get; }

    /// <summary>Images that are run at once where rows follow each other.</summary>
    internal int BatchSize { get; } = 64; // LeNet-5 on two cores is fastest per row from 32 to 64

    /// <summary>
    /// Writes the model as ONNX: raw pixels as 32-bit floats <c>[N, C, H, W]</c> in, probabilities <c>[N, K]</c> out, with normalisation, softmax and the class names. It runs in ONNX Runtime and
    /// <c>mlContext.Transforms.ApplyOnnxModel</c> without libtorch.
    /// </summary>
    /// <param name="path">The file to write, beside and renamed; an existing one is replaced.</param>
    /// <param name="inputName">Name of the input.</param>
    /// <param name="outputName">Name of the output.</param>
    /// <exception cref="NotSupportedException">A layer has no counterpart in ONNX; the message names it.</exception>
    public void ExportOnnx(string path, string inputName = "Features", string outputName = "Score")
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        OnnxExport.Write(path, Network, ModuleWeights.Read(Module), ClassNames, inputName, outputName);
    }

    /// <summary>Frees the weights. Predicting afterwards is an error; a second call is harmless.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Module.Dispose();
    }

    /// <summary>Probabilities of the first <paramref name="rows"/> images, softmax over the classes.</summary>
    /// <param name="pixels">Raw pixels, bytes or floats, image after image.</param>
    /// <param name="rows">Number of images <c>N</c>.</param>
    /// <param name="scores">Gets <c>[N, K]</c> values.</param>
    internal void Predict(Array pixels, int rows, Span<float> scores)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var scope = NewDisposeScope(); // both are bound to the thread, so they are opened by each call
        using var inference = inference_mode();
        var input = Network.Input;
        var images = from_array(pixels).narrow(0, 0, (long)rows * input.Count).reshape(rows, input.Channels, input.Height, input.Width); // [N, C, H, W]
        var probabilities = Module.call(images.to(_device)).softmax(1).cpu(); // [N, K]
        MemoryMarshal.Cast<byte, float>(probabilities.bytes).CopyTo(scores);
    }
}
