using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Native;

/// <summary>How much memory a GPU has left.</summary>
internal static class DeviceMemory
{
    private delegate int GetInfo(out nuint free, out nuint total);

    private delegate int GetCurrent(out int device);

    private delegate int SetCurrent(int device);

    /// <summary>
    /// Bytes that are free on a GPU, those not counted that libtorch keeps for later; null for another device, and where CUDA's runtime
    /// cannot be asked.
    /// </summary>
    public static long? Free(Device device)
    {
        if (device.type != DeviceType.CUDA || !cuda.is_available()
            || !TorchSymbols.TryFind<GetInfo>(TorchSymbols.CudaCore, "cudaMemGetInfo", out var info)
            || !TorchSymbols.TryFind<GetCurrent>(TorchSymbols.CudaCore, "cudaGetDevice", out var current)
            || !TorchSymbols.TryFind<SetCurrent>(TorchSymbols.CudaCore, "cudaSetDevice", out var select)
            || current(out var before) != 0)
            return null;
        try
        {
            return select(Devices.Exact(device).index) == 0 && info(out var free, out _) == 0 ? (long)free : null;
        }
        finally
        {
            _ = select(before); // others on this thread go on where they were
        }
    }

    /// <summary>A number of bytes in the unit in which it is read best: <c>3.2 GiB</c>.</summary>
    public static string Text(long bytes)
    {
        string[] units = ["bytes", "KiB", "MiB", "GiB"];
        var unit = bytes < 1024 ? 0 : Math.Min((int)Math.Log(bytes, 1024), units.Length - 1);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / Math.Pow(1024, unit):0.#} {units[unit]}");
    }
}
