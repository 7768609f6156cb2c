using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Native;

/// <summary>
/// Compares and names devices. TorchSharp's <see cref="Device"/> has no equality of its own, and <c>cuda</c> without an index means the
/// first GPU.
/// </summary>
internal static class Devices
{
    /// <summary>Whether two devices are the same one.</summary>
    public static bool IsSame(Device first, Device second) => first.type == second.type && Index(first) == Index(second);

    /// <summary>The device with its index, as tensors name it: <c>cuda</c> is <c>cuda:0</c>.</summary>
    public static Device Exact(Device device) =>
        device.type == DeviceType.CUDA && device.index < 0 ? new Device(DeviceType.CUDA, 0) : device;

    /// <summary>The devices on which a module's parameters and buffers lie, each once; none for a module that has neither.</summary>
    public static IReadOnlyList<Device> Of(nn.Module module) =>
    [
        .. module.parameters().Concat(module.buffers()).Select(tensor => tensor.device).DistinctBy(device => (device.type, Index(device))),
    ];

    /// <summary>
    /// Says where a network lies where that is another place than its images; null where all is well, and for a network that has no
    /// parameters.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="images">Where images are shown to it.</param>
    public static string? Difference(nn.Module network, Device images)
    {
        var places = Of(network);
        return places.Count == 0 || places.Any(place => IsSame(place, images))
            ? null
            : $"The network lies on {string.Join(" and ", places.Select(Exact))}, the images on {Exact(images)}. "
                + "Move the network there with to(device) first, and make its optimizers after that.";
    }

    private static int Index(Device device) => device.type == DeviceType.CUDA ? Math.Max(device.index, 0) : 0;
}
