using System.Runtime.InteropServices;
using ConvScope.Attribution;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.ML.Scoring;

/// <summary>Computes a network with libtorch. It may be used by several threads at once.</summary>
/// <param name="network">The network, in evaluation mode.</param>
/// <param name="device">Where it lies.</param>
internal sealed class TorchEngine(SpecNetwork network, Device device) : IDisposable
{
    private readonly PredictionThreads _threads = new();

    /// <summary>The network with its weights.</summary>
    public SpecNetwork Network => network;

    /// <summary>Makes a network of stored weights on the CPU.</summary>
    /// <exception cref="InvalidDataException">The weights do not fit.</exception>
    public static TorchEngine Load(NetworkSpec description, IReadOnlyList<StoredTensor> weights)
    {
        TorchRuntime.Load();
        var module = description.CreateModule(seed: 0);
        try
        {
            ModuleWeights.Load(module, weights);
            module.eval();
            return new TorchEngine((SpecNetwork)module, CPU);
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <summary>The network's outputs for the first <paramref name="rows"/> images, or what the task makes of them.</summary>
    public void Run(Array pixels, int rows, bool arePredictions, Span<float> values)
    {
        using var inference = inference_mode();
        Run(pixels, rows, images => arePredictions ? network.Spec.Task.Predict(network.call(images)) : network.call(images), values);
    }

    /// <summary>What a layer gives for the first <paramref name="rows"/> images; the layers behind it are not run.</summary>
    public void Activations(Array pixels, int rows, string layer, Span<float> outputs)
    {
        using var inference = inference_mode();
        Run(pixels, rows, images => network.Run(images, layer), outputs);
    }

    /// <summary>The attribution of the first <paramref name="rows"/> images, <c>[N, H, W]</c>.</summary>
    public void Attribute(Array pixels, int rows, AttributionMethod method, AttributionTarget target, Span<float> maps) =>
        Run(pixels, rows, images => method.Attribute(network, images, target.Index is { } index ? full([rows], index, ScalarType.Int64, device) : null), maps);

    public void Dispose() => network.Dispose();

    private void Run(Array pixels, int rows, Func<Tensor, Tensor> compute, Span<float> values)
    {
        var threads = _threads.Enter(rows * network.Spec.MultiplyAdds);
        try
        {
            using var scope = NewDisposeScope(); // bound to the thread, as are gradient modes, so each call opens its own
            var input = network.Spec.Input;
            var images = from_array(pixels).narrow(0, 0, (long)rows * input.Count).reshape(rows, input.Channels, input.Height, input.Width); // [N, C, H, W]
            var computed = compute(images.to(device)).cpu().contiguous();
            MemoryMarshal.Cast<byte, float>(computed.bytes).CopyTo(values);
        }
        finally
        {
            _threads.Leave(threads);
        }
    }
}
