using static TorchSharp.torch;

namespace ConvScope.Native;

/// <summary>Chooses CPU or GPU as <c>MLContext.GpuDeviceId</c> and <c>FallbackToCpu</c> ask.</summary>
public static class DeviceChoice
{
    /// <summary>Chooses a device.</summary>
    /// <param name="gpuDeviceId">Index of the GPU, from 0; null for the CPU.</param>
    /// <param name="fallbackToCpu">Whether the CPU will do where that GPU is not there.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative.</exception>
    /// <exception cref="InvalidOperationException">There is no such GPU and the CPU will not do.</exception>
    public static ComputeDevice Resolve(int? gpuDeviceId, bool fallbackToCpu)
    {
        TorchRuntime.Load();
        return Resolve(gpuDeviceId, fallbackToCpu, () => cuda.is_available() ? cuda.device_count() : 0);
    }

    /// <summary>The decision, for a machine with a given number of GPUs.</summary>
    internal static ComputeDevice Resolve(int? gpuDeviceId, bool fallbackToCpu, Func<int> countGpus)
    {
        if (gpuDeviceId is not { } index)
            return new ComputeDevice(CPU, null);
        ArgumentOutOfRangeException.ThrowIfNegative(index, nameof(gpuDeviceId));
        var count = countGpus();
        if (index < count)
            return new ComputeDevice(new Device(TorchSharp.DeviceType.CUDA, index), null);
        var reason = $"GPU {index} was asked for; this process sees {count} usable by libtorch. A GPU needs a build with -p:TorchBackend=cuda, or CONVSCOPE_LIBTORCH naming a CUDA libtorch, and a driver.";
        return fallbackToCpu
            ? new ComputeDevice(CPU, $"{reason} The CPU is used instead.")
            : throw new InvalidOperationException($"{reason} Falling back to the CPU is not allowed ({"FallbackToCpu"} is false).");
    }
}
