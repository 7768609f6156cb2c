using System.Runtime.InteropServices;
using ConvScope.Datasets;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Benchmarks.Contests;

/// <summary>What all sides of a contest begin with: a network, its weights, images, labels, and the order of a training's first epoch.</summary>
internal static class ContestFolder
{
    /// <summary>Small, so that rounding stays small: at a hundredth programs part by a thousandth within 300 steps.</summary>
    public const double LearningRate = 0.001;

    private const int Seed = 7;

    /// <summary>Writes a folder.</summary>
    /// <param name="folder">Where it lies.</param>
    /// <param name="network">The network.</param>
    /// <param name="images">Number of images, drawn at random.</param>
    public static string Write(string folder, NetworkSpec network, int images)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "network.json"), network.ToJson());
        using (var module = network.CreateModule(Seed))
            Checkpoint.Write(Path.Combine(folder, "weights.pth"), ModuleWeights.Read(module).ToDictionary(tensor => tensor.Name, tensor => (object?)tensor));
        var (pixels, labels) = Images(network, images);
        File.WriteAllBytes(Path.Combine(folder, "pixels.bin"), pixels);
        File.WriteAllBytes(Path.Combine(folder, "labels.bin"), MemoryMarshal.AsBytes(labels.AsSpan()).ToArray());
        using var generator = new Generator(Seed); // as a training draws its first epoch
        using var order = randperm(images, ScalarType.Int64, CPU, generator: generator);
        File.WriteAllBytes(Path.Combine(folder, "order.bin"), order.bytes.ToArray());
        return folder;
    }

    /// <summary>MNIST where the network takes it, else drawn at random: what is learned from those is chaos after some hundred steps, and no two programs agree on it.</summary>
    private static (byte[] Pixels, long[] Labels) Images(NetworkSpec network, int images)
    {
        if (network.Input is { Channels: 1, Height: 28, Width: 28 } && Mnist.LoadTrainAsync().GetAwaiter().GetResult() is var mnist && images <= mnist.Count)
            return ([.. Enumerable.Range(0, images).SelectMany(image => mnist.Image(image).ToArray())], [.. Enumerable.Range(0, images).Select(image => (long)mnist.Label(image))]);
        var random = new Random(Seed);
        var pixels = new byte[images * network.Input.Count];
        random.NextBytes(pixels);
        return (pixels, [.. Enumerable.Range(0, images).Select(_ => (long)random.Next(network.ClassCount))]);
    }

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    public static (NetworkSpec Network, byte[] Pixels, long[] Labels, long[] Order) Read(string folder) => (
        NetworkSpec.FromJson(File.ReadAllText(Path.Combine(folder, "network.json"))),
        File.ReadAllBytes(Path.Combine(folder, "pixels.bin")),
        MemoryMarshal.Cast<byte, long>(File.ReadAllBytes(Path.Combine(folder, "labels.bin"))).ToArray(),
        MemoryMarshal.Cast<byte, long>(File.ReadAllBytes(Path.Combine(folder, "order.bin"))).ToArray());

    /// <summary>A network with the folder's weights.</summary>
    public static nn.Module<Tensor, Tensor> Module(string folder, NetworkSpec network)
    {
        var module = network.CreateModule(Seed);
        using var weights = Checkpoint.Open(Path.Combine(folder, "weights.pth"));
        ModuleWeights.LoadAll(module, weights.Tensors);
        return module;
    }

    /// <summary>The seed of the order.</summary>
    public static long OrderSeed => Seed;
}
