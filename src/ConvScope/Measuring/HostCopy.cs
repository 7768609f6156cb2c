using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>
/// The copy from device to host by which all that was measured in a step becomes numbers. It waits for the device, so there is one a
/// measured step, and no other.
/// </summary>
internal static class HostCopy
{
    /// <summary>The values of a tensor of doubles.</summary>
    public static double[] Read(Tensor values)
    {
        using var copy = values.cpu();
        return MemoryMarshal.Cast<byte, double>(copy.bytes).ToArray();
    }
}
