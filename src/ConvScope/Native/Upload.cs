using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Native;

/// <summary>
/// Brings tensors from host memory to a device. To a GPU they go through pinned memory, and nobody waits: an ordinary copy would wait
/// until the device has done all that it was given before.
/// </summary>
/// <param name="pin">Copies a tensor to pinned memory.</param>
/// <param name="send">Starts the copy of a pinned tensor to a device, and gives the tensor there.</param>
/// <param name="isAsynchronous">Whether copies to a device go that way.</param>
internal sealed class Upload(Func<Tensor, Tensor> pin, Func<Tensor, Device, Tensor> send, Func<Device, bool> isAsynchronous)
{
    /// <summary>Through libtorch, which keeps pinned memory that is still being copied from.</summary>
    public static Upload Default { get; } = new(
        tensor => tensor.pin_memory(), (tensor, device) => tensor.to(device, non_blocking: true), device => device.type == DeviceType.CUDA);

    /// <summary>Whether a copy to the device goes on while the caller does.</summary>
    public bool IsAsynchronous(Device device) => isAsynchronous(device);

    /// <summary>The tensor on a device, in the dispose scope that is open; the tensor itself where it lies there already.</summary>
    /// <param name="host">A tensor in host memory. It may be changed or freed after the call, unless it is what comes back.</param>
    /// <param name="device">The device.</param>
    public Tensor Send(Tensor host, Device device)
    {
        if (!isAsynchronous(device))
            return Devices.IsSame(host.device, device) ? host : host.to(device);
        using var pinned = pin(host);
        return send(pinned, device);
    }
}
