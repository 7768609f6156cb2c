using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Native;

/// <summary>
/// Torch's own random generators of the GPUs, from which dropout there draws. TorchSharp seeds them, and cannot read them.
/// </summary>
internal static class DefaultGenerators
{
    private const string OfGpu = "_ZN2at4cuda6detail23getDefaultCUDAGeneratorEa"; // at::cuda::detail::getDefaultCUDAGenerator(int8_t)

    private delegate nint OfDevice(sbyte index);

    /// <summary>Those of all GPUs that this process sees; none on a machine without.</summary>
    public static IReadOnlyList<Generator> OfGpus() => cuda.is_available()
        ? [.. Enumerable.Range(0, cuda.device_count()).Select(index => Of(new Device(DeviceType.CUDA, index))).OfType<Generator>()]
        : [];

    /// <summary>
    /// The generator of a GPU; null for the CPU, whose state <c>torch.random</c> knows, and for a libtorch that has no such function.
    /// </summary>
    public static Generator? Of(Device device) => device.type == DeviceType.CUDA && cuda.is_available()
        ? Find(TorchSymbols.Cuda, OfGpu, Devices.Exact(device).index)
        : null;

    /// <summary>Asks a function of libtorch for a generator that lives as long as the process.</summary>
    [SuppressMessage("Usage", "CA1816", Justification = "The generator is libtorch's own: TorchSharp's finalizer would free it.")]
    internal static Generator? Find(string library, string symbol, int index)
    {
        if (!TorchSymbols.TryFind<OfDevice>(library, symbol, out var find))
            return null;
        var generator = Wrap(find((sbyte)index));
        GC.SuppressFinalize(generator);
        return generator;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern Generator Wrap(nint handle);
}
