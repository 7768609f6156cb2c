using ConvScope.Native;
using static TorchSharp.torch;

namespace ConvScope.Training.Images;

/// <summary>Where a set of images is held: on the device that trains, or in host memory where it does not fit there.</summary>
/// <param name="Home">Where the images lie.</param>
/// <param name="Reason">Why that is not the device, with sizes; null where it is.</param>
internal sealed record ImagePlacement(Device Home, string? Reason)
{
    /// <summary>Share of a GPU's free memory that images may take; the rest is for the network.</summary>
    public const double LargestShare = 0.75;

    /// <summary>Chooses before anything is copied.</summary>
    /// <param name="bytes">Size of the set.</param>
    /// <param name="device">The device that trains.</param>
    /// <param name="free">Gives the bytes that are free on a device; null where that is not known, then the set is taken to fit.</param>
    public static ImagePlacement Choose(long bytes, Device device, Func<Device, long?> free)
    {
        if (free(device) is not { } there || bytes <= LargestShare * there)
            return new ImagePlacement(device, null);
        var needs = $"it needs {DeviceMemory.Text(bytes)} on {Devices.Exact(device)}";
        return new ImagePlacement(CPU, $"{needs}, where {DeviceMemory.Text(there)} are free, a quarter of which is left to the network");
    }
}
