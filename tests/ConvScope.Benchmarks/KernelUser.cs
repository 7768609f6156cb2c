using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Networks.Zoo;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Benchmarks;

/// <summary>A process that trains a network with chosen kernels and prints the seconds of its steps.</summary>
internal static class KernelUser
{
    public const string Visible = "visible", Hidden = "hidden", Told = "told", Without = "without";

    public static void Run(string cure, string network, int steps)
    {
        var folder = TorchRuntime.LoadUnchecked().Folder;
        var file = Path.Combine(folder, "libtorch_cpu.so");
        var handle = NativeLibrary.Load(file);
        new TorchContext(handle).SetNnpack(false);
        if (cure != Visible && !HiddenCaches.Hide(folder))
            throw new InvalidOperationException("The caches cannot be hidden from this libtorch.");
        if (cure == Told && OneDnnCaches.Find(file, handle)?.Tell() != true)
            throw new InvalidOperationException("oneDNN cannot be told.");
        if (cure == Without && !new TorchContext(handle).SetOneDnn(false))
            throw new InvalidOperationException("oneDNN cannot be switched off.");
        Console.WriteLine(Train(network, steps).ToString(CultureInfo.InvariantCulture));
    }

    private static double Train(string name, int steps)
    {
        var (spec, batch) = name switch
        {
            "lenet5" => (LeNet5.Create(), 64),
            "smallnet" => (SmallNet.Create(), 128),
            "resnet9" => (ResNet9.Create(), 64),
            _ => (NetworkZoo.Create(name, 10), 2),
        };
        using var network = spec.CreateModule(seed: 1);
        using var optimizer = optim.SGD(network.parameters(), 1e-4);
        using var images = rand([batch, spec.Input.Channels, spec.Input.Height, spec.Input.Width]);
        using var labels = zeros(batch, ScalarType.Int64);
        long clock = 0;
        for (var step = -2; step < steps; step++)
        {
            if (step == 0)
                clock = Stopwatch.GetTimestamp();
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.cross_entropy(network.call(images), labels).backward();
            optimizer.step();
        }

        return Stopwatch.GetElapsedTime(clock).TotalSeconds;
    }
}
