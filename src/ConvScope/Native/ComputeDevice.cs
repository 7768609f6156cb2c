using static TorchSharp.torch;

namespace ConvScope.Native;

/// <summary>The device that tensors go to.</summary>
/// <param name="Device">The device.</param>
/// <param name="Warning">Why it is not the one that was asked for; null where it is.</param>
public sealed record ComputeDevice(Device Device, string? Warning)
{
    /// <summary>The device in one word: <c>cpu</c>, <c>cuda:0</c>.</summary>
    public string Description => Device.ToString();
}
