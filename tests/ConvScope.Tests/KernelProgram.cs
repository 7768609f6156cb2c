using System.Globalization;
using System.Runtime.InteropServices;
using ConvScope.Native;
using ConvScope.Native.Kernels;
using ConvScope.Networks;
using ConvScope.Networks.Zoo;
using static TorchSharp.torch;

namespace ConvScope.Tests;

/// <summary>A process on whose kernels a test looks, because what is done to them holds for the rest of a process.</summary>
internal static class KernelProgram
{
    public const string Loaded = "loaded", Visible = "visible", Hidden = "hidden", TorchFirst = "torch-first";

    /// <summary>Prints the line of a process that loads as any other; or hides oneDNN's caches, applies a cure, and prints what is wrong and the losses of a training.</summary>
    public static void Run(string cure)
    {
        if (cure == Loaded)
            Console.WriteLine(TorchRuntime.Load().Kernels);
        else if (cure == TorchFirst)
            UseTorchFirst();
        else
            Compute(cure);
    }

    private static void UseTorchFirst()
    {
        _ = new ComputeDevice(null!, null); // ConvScope's assembly is there; nothing of it has been called
        using var ones = TorchSharp.torch.ones(3);
        Console.WriteLine(ones.sum().item<float>() == 3 ? TorchRuntime.Load().Description : "another sum");
    }

    private static void Compute(string cure)
    {
        var folder = TorchRuntime.LoadUnchecked().Folder;
        set_num_threads(1);
        var file = Path.Combine(folder, "libtorch_cpu.so");
        var handle = NativeLibrary.Load(file);
        var caches = OneDnnCaches.Find(file, handle) ?? throw new InvalidOperationException("oneDNN is not found in this libtorch.");
        Console.WriteLine($"in use {caches.AreInUse}");
        if (cure != Visible)
            HiddenCaches.Hide(folder);
        if (cure == nameof(KernelCure.CacheSizes))
            Console.WriteLine($"told {caches.Tell()}");
        if (cure == nameof(KernelCure.WithoutOneDnn))
            Console.WriteLine($"switched off {new TorchContext(handle).SetOneDnn(false)}");
        foreach (var fault in new KernelCheck().Faults([.. KernelGrid.Small, .. KernelGrid.Whole.Where((_, index) => index % 16 == 0)]))
            Console.WriteLine($"fault {fault}");
        foreach (var loss in Train())
            Console.WriteLine(loss.ToString("R", CultureInfo.InvariantCulture));
    }

    private static IEnumerable<float> Train()
    {
        using var network = LeNet5.Create().CreateModule(1);
        using var optimizer = optim.SGD(network.parameters(), 0.05);
        using var images = arange(16 * 28 * 28, dtype: ScalarType.Float32).mul(0.37f).sin().add(1).mul(127).reshape(16, 1, 28, 28);
        using var labels = arange(16, dtype: ScalarType.Int64).remainder(10);
        for (var step = 0; step < 20; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = nn.functional.cross_entropy(network.call(images), labels);
            loss.backward();
            optimizer.step();
            yield return loss.item<float>();
        }
    }
}
