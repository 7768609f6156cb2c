using System.Runtime.InteropServices;

namespace ConvScope.GpuCheck;

/// <summary>Memory of the GPU that is in use, by all processes together.</summary>
internal static class DeviceMemory
{
    /// <summary>Megabytes in use once the device has done its work; not a number where the driver does not tell.</summary>
    public static double UsedMegabytes()
    {
        cuda.synchronize();
        return Query(out var free, out var total) == 0 ? ((double)total - free) / 1e6 : double.NaN;
    }

    [DllImport("libcuda.so.1", EntryPoint = "cuMemGetInfo_v2")]
    private static extern int Query(out nuint free, out nuint total);
}
